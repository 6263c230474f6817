package io.moraine.content.store;

import io.moraine.content.store.BucketAccess.UrlStyle;
import io.moraine.vocabulary.Sha256;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Signs URLs with which somebody else moves one object straight to or from a bucket (AWS Signature
 * Version 4 in the query). Thread-safe; never blocks.
 *
 * <p>What an upload must send stands in {@code X-Amz-SignedHeaders}, not in the query: a header
 * that is left out or differs is another request, with another signature.
 */
public final class UrlSigner {
  /**
   * A URL that does one thing until {@code expiresAt}.
   *
   * @param headers to be sent as they are, beside the length of the body
   */
  public record SignedUrl(URI url, Map<String, String> headers, Instant expiresAt) {}

  private static final String CHECKSUM = "x-amz-checksum-sha256";
  private static final String IF_NONE_MATCH = "If-None-Match";
  private static final String IF_MATCH = "If-Match";

  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9]+(\\.[0-9]+){3}");

  private final BucketAccess access;
  private final URI endpoint;
  private final Clock clock;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final AwsCredentialsIdentity identity;

  /**
   * @param endpoint under which those who get the URLs reach the bucket
   */
  public UrlSigner(BucketAccess access, URI endpoint, Clock clock) {
    this.access = access;
    this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    this.clock = clock;
    this.identity = AwsCredentialsIdentity.create(access.accessKey(), access.secretKey());
  }

  /**
   * One PUT that stores exactly the {@code sizeBytes} bytes with {@code sha256} under {@code key},
   * or nothing: 412 when there is an object already, unless the provider takes no conditions.
   */
  public SignedUrl put(String key, long sizeBytes, Sha256 sha256, Duration lifetime) {
    Map<String, String> headers =
        access.conditionalPuts()
            ? Map.of(IF_NONE_MATCH, "*", CHECKSUM, sha256.base64())
            : Map.of(CHECKSUM, sha256.base64());
    SdkHttpRequest.Builder request =
        request(SdkHttpMethod.PUT, key).putHeader("Content-Length", Long.toString(sizeBytes));
    headers.forEach(request::putHeader);
    return sign(request.build(), headers, lifetime);
  }

  /** GETs of the object under {@code key}, whole or a {@code Range} of it. */
  public SignedUrl get(String key, Duration lifetime) {
    return sign(request(SdkHttpMethod.GET, key).build(), Map.of(), lifetime);
  }

  /**
   * GETs of an object of somebody else's, whole or a {@code Range} of it, as long as it is the one
   * that was pinned: 412 when it is another.
   */
  public SignedUrl get(PinnedObject object, Duration lifetime) {
    Map<String, String> headers = Map.of(IF_MATCH, object.etag());
    URI uri = URI.create(base() + "/" + SdkHttpUtils.urlEncodeIgnoreSlashes(object.key()));
    SdkHttpRequest.Builder request = request(SdkHttpMethod.GET, uri);
    headers.forEach(request::putHeader);
    object.versionId().ifPresent(id -> request.putRawQueryParameter("versionId", id));
    return sign(request.build(), headers, lifetime);
  }

  /** Our keys are made of ASCII letters, digits, '/', '.' and '-': nothing to encode. */
  private SdkHttpRequest.Builder request(SdkHttpMethod method, String key) {
    return request(method, URI.create(base() + "/" + access.inBucket(key)));
  }

  private static SdkHttpRequest.Builder request(SdkHttpMethod method, URI uri) {
    return SdkHttpRequest.builder().method(method).uri(uri).putHeader("Host", uri.getAuthority());
  }

  /** As the SDK does: a bucket is no part of a host that is an address. */
  private String base() {
    String base = endpoint.toString().replaceAll("/+$", "");
    if (access.urlStyle() == UrlStyle.PATH || ADDRESS.matcher(endpoint.getHost()).matches()) {
      return base + "/" + access.bucket();
    }
    return base.replaceFirst("://", "://" + access.bucket() + ".");
  }

  private SignedUrl sign(SdkHttpRequest request, Map<String, String> headers, Duration lifetime) {
    Instant now = clock.instant();
    URI url =
        signer
            .sign(
                sign ->
                    sign.identity(identity)
                        .request(request)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, access.region())
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                        .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, lifetime)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
            .request()
            .getUri();
    return new SignedUrl(url, headers, now.plus(lifetime));
  }
}
