package io.moraine.system;

import io.moraine.standalone.home.Settings;
import java.net.URI;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A bucket that a team brings along: on the stack's S3 server, but none of Moraine's. */
record OwnBucket(String name, String endpoint, String accessKey, String secretKey) {
  /** A fresh one. */
  static OwnBucket create(Settings settings) {
    OwnBucket bucket =
        new OwnBucket(
            "own-" + UUID.randomUUID(),
            settings.get("MORAINE_S3_ENDPOINT"),
            settings.get("MORAINE_S3_ACCESS_KEY"),
            settings.get("MORAINE_S3_SECRET_KEY"));
    try (S3Client s3 = bucket.client()) {
      s3.createBucket(wanted -> wanted.bucket(bucket.name()));
    }
    return bucket;
  }

  /** How many objects lie in it. */
  int objects() {
    try (S3Client s3 = client()) {
      return (int) s3.listObjectsV2Paginator(l -> l.bucket(name)).contents().stream().count();
    }
  }

  private S3Client client() {
    return S3Client.builder()
        .endpointOverride(URI.create(endpoint))
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
        .build();
  }
}
