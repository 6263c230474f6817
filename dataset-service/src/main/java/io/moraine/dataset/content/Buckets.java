package io.moraine.dataset.content;

import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.ObjectKeys;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.UrlSigner;
import io.moraine.vocabulary.TeamId;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Which bucket a store is in: the managed one, which every team's first provider is. */
@ApplicationScoped
public class Buckets {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  // 32 MiB at 0.6 MB/s.
  private static final Duration ATTEMPT = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 4;

  private final ObjectStore managed;
  private final UrlSigner managedUrls;

  Buckets(
      @ConfigProperty(name = "MORAINE_S3_ENDPOINT") URI endpoint,
      @ConfigProperty(name = "MORAINE_S3_PUBLIC_ENDPOINT") Optional<URI> publicEndpoint,
      @ConfigProperty(name = "MORAINE_S3_REGION", defaultValue = "us-east-1") String region,
      @ConfigProperty(name = "MORAINE_S3_BUCKET") String bucket,
      @ConfigProperty(name = "MORAINE_S3_ACCESS_KEY") String accessKey,
      @ConfigProperty(name = "MORAINE_S3_SECRET_KEY") String secretKey,
      @ConfigProperty(name = "moraine.s3.connections") int connections) {
    BucketAccess access =
        new BucketAccess(endpoint, region, bucket, accessKey, secretKey)
            .within(new BucketAccess.Bounds(connections, CONNECT, ATTEMPT, ATTEMPT, ATTEMPTS));
    this.managed = new ObjectStore(access);
    this.managedUrls = new UrlSigner(access, publicEndpoint.orElse(endpoint), Clock.systemUTC());
  }

  /** The installation's own bucket, in which every team has its managed store; blocking. */
  public ObjectStore managed() {
    return managed;
  }

  /** The bucket that {@code store} lies in; blocking. */
  public ObjectStore of(Store store) {
    return managed;
  }

  UrlSigner signer(Store store) {
    return managedUrls;
  }

  /** Under which keys its objects lie there. */
  public static ObjectKeys keys(Store store) {
    return keys(store.team());
  }

  static ObjectKeys keys(TeamId team) {
    return new ObjectKeys("", team);
  }

  @PreDestroy
  void close() {
    managed.close();
  }
}
