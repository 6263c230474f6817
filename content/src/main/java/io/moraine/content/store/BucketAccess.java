package io.moraine.content.store;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * How to reach one bucket, or what lies below one prefix of it, and within which bounds. Immutable,
 * thread-safe.
 *
 * @param prefix below which all keys lie; words of ASCII letters, digits, '.', '_' and '-' between
 *     single slashes, or empty for none
 * @param conditionalPuts whether PUTs are sent with {@code If-None-Match: *}; not where the
 *     provider takes no such header
 */
public record BucketAccess(
    URI endpoint,
    String region,
    String bucket,
    String prefix,
    UrlStyle urlStyle,
    boolean conditionalPuts,
    String accessKey,
    String secretKey,
    Bounds bounds) {
  /** Where the bucket's name stands in a URL. */
  public enum UrlStyle {
    /** {@code https://endpoint/bucket/key}. */
    PATH,
    /** {@code https://bucket.endpoint/key}. */
    VIRTUAL_HOST
  }

  /**
   * What one client of the bucket may take.
   *
   * @param maxConnections requests in flight at once; more callers wait {@link #connectTimeout}
   * @param connectTimeout for a connection, from the network or from the pool
   * @param silence for which the bucket may send nothing while an answer is awaited or read
   * @param attemptTimeout for one try of one request, body included: a 32 MiB object must fit in
   * @param attempts how often a request is tried when the bucket is busy or does not answer
   */
  public record Bounds(
      int maxConnections,
      Duration connectTimeout,
      Duration silence,
      Duration attemptTimeout,
      int attempts) {
    /** 32 connections, 5 s to connect, 60 s for a try (32 MiB at 0.6 MB/s) and 4 tries. */
    public static final Bounds USUAL =
        new Bounds(32, Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60), 4);

    public Bounds {
      Objects.requireNonNull(connectTimeout, "connectTimeout");
      Objects.requireNonNull(silence, "silence");
      Objects.requireNonNull(attemptTimeout, "attemptTimeout");
      if (maxConnections < 1 || attempts < 1) {
        throw new IllegalArgumentException(
            "a bucket needs at least one connection and one attempt, not "
                + maxConnections
                + " and "
                + attempts
                + ".");
      }
    }
  }

  private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?");

  public BucketAccess {
    Objects.requireNonNull(endpoint, "endpoint");
    Objects.requireNonNull(region, "region");
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(urlStyle, "urlStyle");
    Objects.requireNonNull(accessKey, "accessKey");
    Objects.requireNonNull(secretKey, "secretKey");
    Objects.requireNonNull(bounds, "bounds");
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "a prefix has words of letters, digits, '.', '_' and '-' between single slashes, unlike "
              + prefix
              + ".");
    }
  }

  /** The whole bucket, by paths, with {@link Bounds#USUAL}. */
  public BucketAccess(
      URI endpoint, String region, String bucket, String accessKey, String secretKey) {
    this(endpoint, region, bucket, "", UrlStyle.PATH, true, accessKey, secretKey, Bounds.USUAL);
  }

  /** The same bucket within other bounds. */
  public BucketAccess within(Bounds other) {
    return new BucketAccess(
        endpoint, region, bucket, prefix, urlStyle, conditionalPuts, accessKey, secretKey, other);
  }

  /** The same bucket, with PUTs that are sent with or without a condition. */
  public BucketAccess withConditionalPuts(boolean are) {
    return new BucketAccess(
        endpoint, region, bucket, prefix, urlStyle, are, accessKey, secretKey, bounds);
  }

  /** What lies below {@code other}. */
  public BucketAccess below(String other) {
    return new BucketAccess(
        endpoint, region, bucket, other, urlStyle, conditionalPuts, accessKey, secretKey, bounds);
  }

  /** The same bucket by URLs of another style. */
  public BucketAccess by(UrlStyle other) {
    return new BucketAccess(
        endpoint, region, bucket, prefix, other, conditionalPuts, accessKey, secretKey, bounds);
  }

  /** The key in the bucket of what callers know as {@code key}. */
  String inBucket(String key) {
    return prefix.isEmpty() ? key : prefix + "/" + key;
  }

  /** What callers know {@code inBucket} as. */
  String belowPrefix(String inBucket) {
    return prefix.isEmpty() ? inBucket : inBucket.substring(prefix.length() + 1);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "bucket " + bucket + " at " + endpoint;
  }
}
