package io.moraine.content.store;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * How to reach one bucket, and within which bounds.
 *
 * @param maxConnections requests in flight at once; more callers wait {@link #connectTimeout}
 * @param connectTimeout for a connection, from the network or from the pool
 * @param attemptTimeout for one try of one request, body included: a 32 MiB object must fit in
 * @param attempts how often a request is tried when the bucket is busy or does not answer
 */
public record BucketAccess(
    URI endpoint,
    String region,
    String bucket,
    String accessKey,
    String secretKey,
    int maxConnections,
    Duration connectTimeout,
    Duration attemptTimeout,
    int attempts) {
  public BucketAccess {
    Objects.requireNonNull(endpoint, "endpoint");
    Objects.requireNonNull(region, "region");
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(accessKey, "accessKey");
    Objects.requireNonNull(secretKey, "secretKey");
    if (maxConnections < 1 || attempts < 1) {
      throw new IllegalArgumentException(
          "a bucket needs at least one connection and one attempt, not "
              + maxConnections
              + " and "
              + attempts
              + ".");
    }
  }

  /** With 32 connections, 5 s to connect, 60 s for a try (32 MiB at 0.6 MB/s) and 4 tries. */
  public BucketAccess(
      URI endpoint, String region, String bucket, String accessKey, String secretKey) {
    this(
        endpoint,
        region,
        bucket,
        accessKey,
        secretKey,
        32,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        4);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "bucket " + bucket + " at " + endpoint;
  }
}
