package io.moraine.dataset.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.BucketAccess.Bounds;
import io.moraine.content.store.HostLookup;
import io.moraine.content.store.ObjectKeys;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.UrlSigner;
import io.moraine.dataset.net.PublicAddresses;
import io.moraine.dataset.provider.ProviderBucket;
import io.moraine.dataset.provider.ProviderBucket.Place;
import io.moraine.dataset.provider.ProviderChanged;
import io.moraine.dataset.provider.Providers;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Which bucket a store is in, and the clients of each: one set for the installation's own, in which
 * every team's managed store lies, and one for each bucket of a team's own, made when it is first
 * used and dropped when its provider changes, here at once, in other processes a little later.
 * Behind each stands a gate, so that a bucket that is down fails at once and holds up no other.
 *
 * <p>Thread-safe. Blocking, on worker threads: a provider may have to be looked up.
 */
@ApplicationScoped
public class Buckets {
  private static final Logger LOG = Logger.getLogger(Buckets.class);
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  // 32 MiB at 0.6 MB/s.
  private static final Duration ATTEMPT = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 4;

  /** As many threads as ask at all wait for the bucket that everybody has. */
  private static final int MANAGED_WAITING = 1_000;

  /** Ids of 60 bytes. */
  private static final int MANAGED_KNOWN = 100_000;

  /** After which nobody uses a client any more that was dropped. */
  private static final Duration STILL_USED = Duration.ofMinutes(15);

  private record Known(Bucket bucket, long checkedNanos) {}

  private final Providers providers;
  private final PublicAddresses addresses;
  private final BucketsConfig config;
  private final BucketMetrics metrics;
  private final Bucket managed;
  private final Cache<ProviderId, Known> own;
  // Every team has one, and none ever becomes a team's own.
  private final Cache<ProviderId, Boolean> managedOnes =
      Caffeine.newBuilder().maximumSize(MANAGED_KNOWN).build();
  // They outlive clients: what was learnt of a bucket is not forgotten while it is idle.
  private final Map<ProviderId, ProviderGate> gates = new ConcurrentHashMap<>();
  private final ScheduledExecutorService closing =
      Executors.newSingleThreadScheduledExecutor(Buckets::daemon);

  Buckets(
      Providers providers,
      PublicAddresses addresses,
      BucketsConfig config,
      BucketMetrics metrics,
      @ConfigProperty(name = "MORAINE_S3_ENDPOINT") URI endpoint,
      @ConfigProperty(name = "MORAINE_S3_PUBLIC_ENDPOINT") Optional<URI> publicEndpoint,
      @ConfigProperty(name = "MORAINE_S3_REGION", defaultValue = "us-east-1") String region,
      @ConfigProperty(name = "MORAINE_S3_BUCKET") String bucket,
      @ConfigProperty(name = "MORAINE_S3_ACCESS_KEY") String accessKey,
      @ConfigProperty(name = "MORAINE_S3_SECRET_KEY") String secretKey,
      @ConfigProperty(name = "MORAINE_S3_ENFORCES_CHECKSUMS", defaultValue = "true")
          boolean enforcesChecksums,
      @ConfigProperty(name = "moraine.s3.connections") int connections) {
    this.providers = providers;
    this.addresses = addresses;
    this.config = config;
    this.metrics = metrics;
    BucketAccess access =
        new BucketAccess(endpoint, region, bucket, accessKey, secretKey)
            .within(new Bounds(connections, CONNECT, ATTEMPT, ATTEMPT, ATTEMPTS));
    String name = "The installation's " + access;
    ProviderGate gate = gate(name, connections, MANAGED_WAITING, ATTEMPT);
    this.managed =
        new Bucket(
            Lane.MANAGED,
            0,
            new ObjectStore(access, name, gate, HostLookup.SYSTEM),
            new UrlSigner(access, publicEndpoint.orElse(endpoint), Clock.systemUTC()),
            gate,
            enforcesChecksums,
            true);
    this.own =
        Caffeine.newBuilder()
            .maximumSize(config.clients())
            .expireAfterAccess(config.clientsIdle())
            .removalListener(this::removed)
            .build();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "bucket-closing");
    thread.setDaemon(true);
    return thread;
  }

  private ProviderGate gate(String name, int atOnce, int waiting, Duration patience) {
    return new ProviderGate(
        name,
        new ProviderGate.Limits(
            atOnce,
            waiting,
            patience,
            config.failures(),
            config.lastRequests(),
            config.retryAfter()),
        metrics);
  }

  /** The installation's own bucket, in which every team has its managed store. */
  public ObjectStore managed() {
    return managed.objects();
  }

  /** The bucket that {@code store} lies in. */
  public ObjectStore of(Store store) {
    return bucket(store).objects();
  }

  UrlSigner signer(Store store) {
    return bucket(store).urls();
  }

  /** Whether bytes of another SHA-256 than they were sent or signed with are refused there. */
  public boolean enforcesChecksums(Store store) {
    return bucket(store).enforcesChecksums();
  }

  /** Whether an object that is there is never replaced by a PUT with {@code If-None-Match: *}. */
  public boolean keepsWhatIsThere(Store store) {
    return bucket(store).keepsWhatIsThere();
  }

  /** With which other stores this one stands and falls. */
  public Lane lane(Store store) {
    return bucket(store).lane();
  }

  /** Teams' own buckets that did not answer lately: work for them can wait. Never blocks. */
  public List<ProviderId> down() {
    return gates.entrySet().stream()
        .filter(gate -> gate.getValue().isDown())
        .map(Map.Entry::getKey)
        .toList();
  }

  int countDown() {
    return down().size() + (managed.gate().isDown() ? 1 : 0);
  }

  /** Under which keys its objects lie there. */
  public static ObjectKeys keys(Store store) {
    return keys(store.team());
  }

  static ObjectKeys keys(TeamId team) {
    return new ObjectKeys(team);
  }

  private Bucket bucket(Store store) {
    ProviderId id = store.provider();
    if (managedOnes.getIfPresent(id) != null) {
      return managed;
    }
    Known known = own.get(id, this::load);
    if (known.bucket() == managed || isFresh(known)) {
      return known.bucket();
    }
    return own.asMap().compute(id, this::refresh).bucket();
  }

  private boolean isFresh(Known known) {
    return System.nanoTime() - known.checkedNanos() < config.changesAfter().toNanos();
  }

  private Known refresh(ProviderId id, Known known) {
    if (known != null && isFresh(known)) {
      return known; // somebody else did
    }
    Optional<ProviderBucket> now = place(id).own();
    boolean same =
        known != null && now.filter(n -> n.revision() == known.bucket().revision()).isPresent();
    return new Known(same ? known.bucket() : open(id, now), System.nanoTime());
  }

  private Known load(ProviderId id) {
    return new Known(open(id, place(id).own()), System.nanoTime());
  }

  private Place place(ProviderId id) {
    return providers.place(id).await().atMost(DATABASE_PATIENCE).orElseThrow(() -> gone(id));
  }

  private RuntimeException gone(ProviderId id) {
    gates.remove(id);
    return new RequestProblem.NotFound("storage provider", id.text()).exception();
  }

  private Bucket open(ProviderId id, Optional<ProviderBucket> found) {
    if (found.isEmpty()) {
      managedOnes.put(id, true);
      return managed;
    }
    ProviderBucket provider = found.get();
    BucketAccess access =
        provider
            .access()
            .within(
                new Bounds(
                    config.connections(), CONNECT, config.silence(), ATTEMPT, config.attempts()));
    ProviderGate gate =
        gates.computeIfAbsent(
            id,
            i -> gate(provider.name(), config.connections(), config.waiting(), config.patience()));
    return new Bucket(
        new Lane(id.text(), false),
        provider.revision(),
        new ObjectStore(access, provider.name(), gate, addresses::allPublic),
        new UrlSigner(access, access.endpoint(), Clock.systemUTC()),
        gate,
        provider.found().enforcesChecksums(),
        provider.found().keepsWhatIsThere());
  }

  /** What was opened with the old configuration is not begun again with it. */
  void changed(@Observes ProviderChanged change) {
    own.invalidate(change.provider());
    gates.remove(change.provider());
  }

  private void removed(ProviderId id, Known known, RemovalCause cause) {
    ObjectStore objects = known.bucket().objects();
    boolean replaced = cause == RemovalCause.REPLACED && isCurrent(id, objects);
    if (objects != managed.objects() && !replaced) {
      LOG.debugf("The client of %s is dropped: %s", id, cause);
      closing.schedule(objects::close, STILL_USED.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Whether only the time of its check was replaced. */
  private boolean isCurrent(ProviderId id, ObjectStore objects) {
    Known now = own.asMap().get(id);
    return now != null && now.bucket().objects() == objects;
  }

  @PreDestroy
  void close() {
    closing.shutdownNow();
    own.asMap().values().forEach(known -> known.bucket().objects().close());
    managed.objects().close();
  }
}
