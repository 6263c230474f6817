package io.moraine.dataset.presign;

import io.moraine.dataset.key.S3Secrets;
import io.moraine.dataset.version.VersionKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * URLs of the S3 gateway with which whoever has them makes one call as an API key (AWS Signature
 * Version 4 in the query). Nothing secret stands in them. Thread-safe; never blocks.
 */
@ApplicationScoped
class GatewayUrls {
  /** The client signs for a whole batch and then queues: up to 64 files of 15 MB. */
  static final Duration LIFETIME = Duration.ofHours(1);

  /** The gateway takes any; a signature needs one. */
  private static final String REGION = "us-east-1";

  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final S3Secrets secrets;
  private final String gateway;

  GatewayUrls(S3Secrets secrets, @ConfigProperty(name = "MORAINE_GATEWAY_URL") URI gateway) {
    this.secrets = secrets;
    this.gateway = gateway.toString().replaceAll("/+$", "");
  }

  /** A call on the file at {@code path} of a version. */
  URI file(
      String keyId,
      SdkHttpMethod method,
      VersionKey version,
      String path,
      Map<String, String> query,
      Optional<String> contentType) {
    String key = version.dataset() + "/" + version.version() + "/" + path;
    SdkHttpRequest.Builder request = request(method, key, query);
    contentType.ifPresent(type -> request.putHeader("Content-Type", type));
    return sign(keyId, request.build());
  }

  /** A listing of the bucket that is the version's dataset. */
  URI list(String keyId, VersionKey version, Map<String, String> query) {
    return sign(keyId, request(SdkHttpMethod.GET, version.dataset().text(), query).build());
  }

  private SdkHttpRequest.Builder request(
      SdkHttpMethod method, String path, Map<String, String> query) {
    URI uri = URI.create(gateway + "/" + SdkHttpUtils.urlEncodeIgnoreSlashes(path));
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder().method(method).uri(uri).putHeader("Host", uri.getAuthority());
    query.forEach(request::putRawQueryParameter);
    return request;
  }

  private URI sign(String keyId, SdkHttpRequest request) {
    AwsCredentialsIdentity identity = AwsCredentialsIdentity.create(keyId, secrets.of(keyId));
    return signer
        .sign(
            sign ->
                sign.identity(identity)
                    .request(request)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, REGION)
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                    .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                    .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                    .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, LIFETIME))
        .request()
        .getUri();
  }
}
