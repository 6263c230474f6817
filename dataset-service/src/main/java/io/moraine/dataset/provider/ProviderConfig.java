package io.moraine.dataset.provider;

import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.BucketAccess.UrlStyle;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a provider's bucket is and how it is reached, without the secret. What is absent is AWS's,
 * or follows from the endpoint. Immutable, thread-safe.
 *
 * @param prefix below which everything of ours lies; empty for none
 */
public record ProviderConfig(
    String bucket,
    String accessKey,
    Optional<URI> endpoint,
    Optional<String> region,
    Optional<String> signatureVersion,
    String prefix,
    Optional<UrlStyle> urlStyle) {
  static final String MASKED = "********";

  private static final String DEFAULT_REGION = "us-east-1";
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");
  private static final Pattern ACCESS_KEY = Pattern.compile("[\\x21-\\x7e]{1,256}");
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final Pattern PREFIX =
      Pattern.compile("|(?!.{257})[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
  private static final Pattern DOTS = Pattern.compile("(.*/)?\\.{1,2}(/.*)?");

  /** Providers whose paths are going away, or are gone. */
  private static final Pattern VIRTUAL_HOSTS =
      Pattern.compile("(.*\\.)?(amazonaws\\.com(\\.cn)?|digitaloceanspaces\\.com)");

  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");

  public ProviderConfig {
    require(BUCKET, bucket, "config.bucket", "the name of a bucket");
    require(ACCESS_KEY, accessKey, "config.accessKey", "an access key");
    region.ifPresent(r -> require(REGION, r, "config.region", "the name of a region"));
    require(PREFIX, prefix, "config.prefix", "words between slashes, such as team/moraine");
    if (DOTS.matcher(prefix).matches()) {
      throw new IllegalArgumentException("config.prefix has a '.' or '..' between slashes.");
    }
    signatureVersion.ifPresent(ProviderConfig::requireVersion4);
    endpoint.ifPresent(ProviderConfig::requireEndpoint);
    if (urlStyle.equals(Optional.of(UrlStyle.VIRTUAL_HOST))
        && endpoint.filter(e -> ADDRESS.matcher(e.getHost()).matches()).isPresent()) {
      throw new IllegalArgumentException(
          "config.urlStyle is virtual, but %s is an address, which no bucket can be part of; use path."
              .formatted(endpoint.get()));
    }
  }

  private static void require(Pattern pattern, String value, String member, String what) {
    if (value == null || value.isEmpty() && pattern != PREFIX) {
      throw new IllegalArgumentException(member + " is missing.");
    }
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException("%s is not %s.".formatted(member, what));
    }
  }

  private static void requireVersion4(String version) {
    if (!version.toLowerCase(Locale.ROOT).matches("(s3)?v?4")) {
      throw new IllegalArgumentException(
          "config.signatureVersion is %s; only v4 is spoken.".formatted(version));
    }
  }

  private static void requireEndpoint(URI endpoint) {
    boolean http = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
    boolean bare =
        endpoint.getRawUserInfo() == null
            && endpoint.getRawQuery() == null
            && endpoint.getRawFragment() == null
            && ("" + endpoint.getRawPath()).matches("/?");
    if (!http || endpoint.getHost() == null || !bare) {
      throw new IllegalArgumentException(
          "config.endpoint must be http:// or https://, a host and perhaps a port, such as https://nyc3.digitaloceanspaces.com.");
    }
  }

  /** The endpoint, also where it is AWS's. */
  URI reachedAt() {
    return endpoint.orElseGet(() -> URI.create("https://s3." + reachedIn() + ".amazonaws.com"));
  }

  private String reachedIn() {
    return region.orElse(DEFAULT_REGION);
  }

  private UrlStyle reachedBy() {
    return urlStyle.orElseGet(
        () ->
            VIRTUAL_HOSTS.matcher(reachedAt().getHost()).matches() && bucket.indexOf('.') < 0
                ? UrlStyle.VIRTUAL_HOST
                : UrlStyle.PATH);
  }

  /** How clients reach it. */
  BucketAccess access(String secret) {
    return new BucketAccess(reachedAt(), reachedIn(), bucket, accessKey, secret)
        .below(prefix)
        .by(reachedBy());
  }

  /** Whether what lies in the one lies in the other, as far as names say. */
  boolean isSamePlace(ProviderConfig other) {
    return bucket.equals(other.bucket) && prefix.equals(other.prefix);
  }

  /** As people see it; the members of a request. */
  Map<String, String> shown() {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("accessKey", accessKey);
    shown.put("bucket", bucket);
    endpoint.ifPresent(e -> shown.put("endpoint", e.toString()));
    if (!prefix.isEmpty()) {
      shown.put("prefix", prefix);
    }
    region.ifPresent(r -> shown.put("region", r));
    shown.put("secretAccessKey", MASKED);
    signatureVersion.ifPresent(v -> shown.put("signatureVersion", v));
    urlStyle.ifPresent(style -> shown.put("urlStyle", text(style)));
    return shown;
  }

  static String text(UrlStyle style) {
    return style == UrlStyle.PATH ? "path" : "virtual";
  }

  static UrlStyle urlStyle(String text) {
    return switch (Objects.requireNonNull(text)) {
      case "path" -> UrlStyle.PATH;
      case "virtual" -> UrlStyle.VIRTUAL_HOST;
      default ->
          throw new IllegalArgumentException(
              "config.urlStyle is %s; it is path or virtual.".formatted(text));
    };
  }
}
