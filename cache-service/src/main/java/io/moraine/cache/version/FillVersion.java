package io.moraine.cache.version;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.moraine.cache.CacheConfig;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.cache.link.DatasetLinks;
import io.moraine.cache.link.LinkWorker;
import io.moraine.cache.remote.FilesClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.cache.space.NoRoomException;
import io.moraine.cache.space.Spaces;
import io.moraine.events.cache.VersionCached;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.database.Database;
import io.moraine.kit.outbox.Outbox;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Brings one version into its team's cache: whole, or absent. Fetches only what no cached version
 * of the team has, reserves those bytes first, checks the SHA-256 of each content, makes everything
 * durable and then visible, and tells of it. A fill that breaks off goes on where it was; one that
 * cannot succeed says why in its row. Repeatable; one thread per version. Design section 7.
 */
@ApplicationScoped
class FillVersion {
  private static final Logger LOG = Logger.getLogger(FillVersion.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Room comes with ends of pins, of which nobody tells, so it is looked for again after this. */
  private static final Duration RETRY_NO_ROOM = Duration.ofSeconds(30);

  private final CacheConfig config;
  private final VersionStore store;
  private final ShareStorage storage;
  private final Spaces spaces;
  private final FilesClient files;
  private final DatasetLinks links;
  private final LinkWorker linkWorker;
  private final EvictWorker evictions;
  private final Database database;
  private final Outbox outbox;
  private final Timer time;
  private final Counter cached;
  private final Counter failed;
  private final Counter fetchedBytes;

  FillVersion(
      CacheConfig config,
      VersionStore store,
      ShareStorage storage,
      Spaces spaces,
      FilesClient files,
      DatasetLinks links,
      LinkWorker linkWorker,
      EvictWorker evictions,
      Database database,
      Outbox outbox,
      MeterRegistry metrics) {
    this.config = config;
    this.store = store;
    this.storage = storage;
    this.spaces = spaces;
    this.files = files;
    this.links = links;
    this.linkWorker = linkWorker;
    this.evictions = evictions;
    this.database = database;
    this.outbox = outbox;
    this.time = metrics.timer("moraine.cache.fill");
    this.cached = metrics.counter("moraine.cache.fills", "end", "cached");
    this.failed = metrics.counter("moraine.cache.fills", "end", "failed");
    this.fetchedBytes = metrics.counter("moraine.cache.fetched.bytes");
  }

  void fill(VersionKey key) throws Exception {
    Optional<CachedVersion> claimed = store.claimFill(key).await().atMost(PATIENCE);
    if (claimed.isEmpty()) {
      return;
    }
    CachedVersion version = claimed.get();
    Timer.Sample sample = Timer.start();
    try {
      long fetched = putTogether(version);
      FaultPoint.reached("fill.published");
      cached(version, fetched);
      fetchedBytes.increment(fetched);
      cached.increment();
      sample.stop(time);
    } catch (NoRoomException e) {
      giveUp(version, e.getMessage(), Optional.of(RETRY_NO_ROOM));
    } catch (RefusedException | CorruptFileException | UncacheableException e) {
      giveUp(version, e.getMessage(), Optional.empty());
    } catch (Exception e) {
      store.postponed(key).await().atMost(PATIENCE);
      throw e;
    }
  }

  /** Makes the version visible. Returns the bytes that had to be fetched. */
  private long putTogether(CachedVersion version) throws Exception {
    VersionKey key = version.key();
    TeamDisk disk = storage.team(key.team());
    if (disk.hasVersion(key.dataset(), key.version())) {
      return 0; // it became visible, and then the row could not be written
    }
    try (FilledFiles filled =
        new FilledFiles(key, disk, spaces.of(key.team()).reservation(), files, config)) {
      filled.linkPresent();
      FaultPoint.reached("fill.reserved");
      filled.fetchMissing();
      FaultPoint.reached("fill.fetched");
      disk.publish(key.dataset(), key.version(), version.files());
      return filled.fetchedBytes();
    }
  }

  private void cached(CachedVersion version, long fetched) {
    VersionKey key = version.key();
    VersionCached event =
        new VersionCached(
            key.team(),
            config.region(),
            key.dataset(),
            key.version(),
            version.digest(),
            version.files(),
            version.bytes(),
            fetched);
    database
        .transaction(
            tx ->
                store
                    .cached(tx, key)
                    .chain(
                        wanted ->
                            wanted
                                ? outbox
                                    .append(tx, event)
                                    .chain(() -> links.wish(tx, key.team(), key.dataset()))
                                : store.unwantFilled(tx, key)))
        .await()
        .atMost(PATIENCE);
    linkWorker.wake();
    evictions.wake();
  }

  private void giveUp(CachedVersion version, String reason, Optional<Duration> retryIn)
      throws IOException {
    VersionKey key = version.key();
    TeamDisk disk = storage.team(key.team());
    disk.discardFilling(key.dataset(), key.version());
    spaces.of(key.team()).giveBack(disk.contents().sweep());
    store.failed(key, reason, retryIn).await().atMost(PATIENCE);
    failed.increment();
    LOG.warnf("%s of team %s is not cached: %s", key, key.team(), reason);
    evictions.wake();
  }
}
