package io.moraine.cache.version;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.moraine.cache.CacheConfig;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.cache.disk.UnfitTreeException;
import io.moraine.cache.link.DatasetLinks;
import io.moraine.cache.link.LinkWorker;
import io.moraine.cache.remote.DatasetsClient;
import io.moraine.cache.remote.FilesClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.cache.space.NoRoomException;
import io.moraine.cache.space.Spaces;
import io.moraine.cache.version.FilledFiles.Base;
import io.moraine.content.format.FormatException;
import io.moraine.events.cache.VersionCached;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.database.Database;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.TeamId;
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

  private static final String NO_ROOM = "There is no room for it.";

  private final CacheConfig config;
  private final VersionStore store;
  private final ShareStorage storage;
  private final Spaces spaces;
  private final FilesClient files;
  private final DatasetsClient datasets;
  private final LendBase bases;
  private final DatasetLinks links;
  private final LinkWorker linkWorker;
  private final EvictWorker evictions;
  private final Database database;
  private final Outbox outbox;
  private final Timer time;
  private final Counter cached;
  private final Counter failed;
  private final Counter fetchedBytes;
  private final Counter refreshed;
  private final Counter listed;

  FillVersion(
      CacheConfig config,
      VersionStore store,
      ShareStorage storage,
      Spaces spaces,
      FilesClient files,
      DatasetsClient datasets,
      LendBase bases,
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
    this.datasets = datasets;
    this.bases = bases;
    this.links = links;
    this.linkWorker = linkWorker;
    this.evictions = evictions;
    this.database = database;
    this.outbox = outbox;
    this.time = metrics.timer("moraine.cache.fill");
    this.cached = metrics.counter("moraine.cache.fills", "end", "cached");
    this.failed = metrics.counter("moraine.cache.fills", "end", "failed");
    this.fetchedBytes = metrics.counter("moraine.cache.fetched.bytes");
    this.refreshed = metrics.counter("moraine.cache.listings", "of", "changes");
    this.listed = metrics.counter("moraine.cache.listings", "of", "all");
  }

  void fill(VersionKey key) throws Exception {
    Optional<CachedVersion> claimed = store.claimFill(key).await().atMost(PATIENCE);
    if (claimed.isEmpty()) {
      return;
    }
    CachedVersion version = claimed.get();
    if (lacksRoomStill(version)) {
      waitForRoom(version, version.reason().orElse(NO_ROOM), version.missingBytes().orElseThrow());
      return;
    }
    Timer.Sample sample = Timer.start();
    try {
      long fetched = putTogether(version);
      FaultPoint.reached("fill.published");
      cached(version, fetched);
      fetchedBytes.increment(fetched);
      cached.increment();
      sample.stop(time);
    } catch (NoRoomException e) {
      discard(key);
      if (e.isForGood()) {
        fail(version, e.getMessage(), Optional.of(e.bytes()));
      } else {
        waitForRoom(version, e.getMessage(), e.bytes());
      }
    } catch (RefusedException | CorruptFileException | UncacheableException | FormatException e) {
      discard(key);
      fail(version, e.getMessage(), Optional.empty());
    } catch (Exception e) {
      store.postponed(key, reason(e)).await().atMost(PATIENCE);
      throw e;
    }
  }

  /** Whether it need not be listed to know that there is no room. */
  private boolean lacksRoomStill(CachedVersion version) {
    return version
        .missingBytes()
        .filter(bytes -> !spaces.of(version.key().team()).mayHaveRoom(bytes))
        .isPresent();
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Makes the version visible. Returns the bytes that had to be fetched. */
  private long putTogether(CachedVersion version) throws Exception {
    VersionKey key = version.key();
    if (storage.team(key.team()).hasVersion(key.dataset(), key.version())) {
      return 0; // it became visible, and then the row could not be written
    }
    Optional<CachedVersion> base = bases.lend(key);
    if (base.isPresent()) {
      try {
        return refresh(version, base.get());
      } catch (UnfitBaseException | UnfitTreeException | RefusedException e) {
        // Refused: perhaps the base alone is deleted, and a listing says whether that is all.
        LOG.infof("%s is listed whole: %s", key, e.getMessage());
      }
    }
    return list(version);
  }

  /** Begins as a cached version of the same dataset and asks for what differs alone. */
  private long refresh(CachedVersion version, CachedVersion lent) throws Exception {
    boolean isLent = true;
    try {
      Base base = new Base(lent, Changes.between(datasets, lent, version));
      try (FilledFiles filled = filled(version, Optional.of(base))) {
        filled.linkBase(lent.key());
        bases.giveBack(lent.key(), version.key());
        isLent = false;
        long fetched = fill(version, filled);
        refreshed.increment();
        return fetched;
      }
    } finally {
      if (isLent) {
        bases.giveBack(lent.key(), version.key());
      }
    }
  }

  private long list(CachedVersion version) throws Exception {
    try (FilledFiles filled = filled(version, Optional.empty())) {
      long fetched = fill(version, filled);
      listed.increment();
      return fetched;
    }
  }

  private FilledFiles filled(CachedVersion version, Optional<Base> base) throws IOException {
    TeamId team = version.key().team();
    return new FilledFiles(version.key(), storage.team(team), spaces.of(team), files, base, config);
  }

  private static long fill(CachedVersion version, FilledFiles filled) throws Exception {
    filled.linkPresent();
    FaultPoint.reached("fill.reserved");
    filled.fetchMissing();
    FaultPoint.reached("fill.fetched");
    filled.publish(version);
    return filled.fetchedBytes();
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
    store.forgetMissing(key.team()).await().atMost(PATIENCE);
    linkWorker.wake();
    evictions.wake();
  }

  private void discard(VersionKey key) throws IOException {
    TeamDisk disk = storage.team(key.team());
    disk.discardFilling(key.dataset(), key.version());
    spaces.of(key.team()).swept(disk.contents().sweep());
  }

  private void fail(CachedVersion version, String reason, Optional<Long> missingBytes) {
    VersionKey key = version.key();
    store.failed(key, reason, missingBytes).await().atMost(PATIENCE);
    failed.increment();
    LOG.warnf("%s of team %s is not cached: %s", key, key.team(), reason);
    evictions.wake();
  }

  private void waitForRoom(CachedVersion version, String reason, long missingBytes) {
    VersionKey key = version.key();
    store
        .waiting(key, reason, missingBytes, config.roomPatience(), RETRY_NO_ROOM)
        .await()
        .atMost(PATIENCE);
    LOG.debugf("%s of team %s waits: %s", key, key.team(), reason);
    evictions.wake();
  }
}
