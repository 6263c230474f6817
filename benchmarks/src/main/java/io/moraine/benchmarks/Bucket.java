package io.moraine.benchmarks;

import io.moraine.standalone.home.Settings;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The peer: plain PUTs to the same S3 server, by signed URLs, so that both sides are the same HTTP
 * client.
 */
final class Bucket implements AutoCloseable {
  private static final Duration VALID = Duration.ofHours(1);

  private final S3Presigner presigner;
  private final String bucket;

  Bucket(Settings settings) {
    this.bucket = settings.get("MORAINE_S3_BUCKET");
    this.presigner =
        S3Presigner.builder()
            .endpointOverride(URI.create(settings.get("MORAINE_S3_ENDPOINT")))
            .region(Region.of(settings.get("MORAINE_S3_REGION")))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        settings.get("MORAINE_S3_ACCESS_KEY"),
                        settings.get("MORAINE_S3_SECRET_KEY"))))
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
            .build();
  }

  /** Where {@code key} can be PUT for the next hour. */
  URI put(String key) {
    return URI.create(
        presigner
            .presignPutObject(
                request ->
                    request
                        .signatureDuration(VALID)
                        .putObjectRequest(o -> o.bucket(bucket).key(key)))
            .url()
            .toString());
  }

  @Override
  public void close() {
    presigner.close();
  }
}
