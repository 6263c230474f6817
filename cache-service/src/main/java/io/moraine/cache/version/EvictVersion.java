package io.moraine.cache.version;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.moraine.cache.CacheConfig;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.cache.link.DatasetLinks;
import io.moraine.cache.space.Evictor;
import io.moraine.cache.space.Spaces;
import io.moraine.events.cache.VersionEvicted;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Takes versions out of the cache: out of sight at once, then told, then unlinked. What is pinned
 * never goes for room. Repeatable; several may take the same version out at once.
 */
@Singleton // made with its worker at start: a counter that is absent until the first eviction
// alarms nobody
class EvictVersion implements Evictor {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LOCKS = 64;
  private static final int MOST = 100;

  private final CacheConfig config;
  private final VersionStore store;
  private final ShareStorage storage;
  private final Spaces spaces;
  private final DatasetLinks links;
  private final Database database;
  private final Outbox outbox;
  private final Counter evictions;
  // By key: a version that somebody else took out, and that came back since, is left alone.
  private final Object[] locks = new Object[LOCKS];

  EvictVersion(
      CacheConfig config,
      VersionStore store,
      ShareStorage storage,
      Spaces spaces,
      DatasetLinks links,
      Database database,
      Outbox outbox,
      MeterRegistry metrics) {
    this.config = config;
    this.store = store;
    this.storage = storage;
    this.spaces = spaces;
    this.links = links;
    this.database = database;
    this.outbox = outbox;
    this.evictions = metrics.counter("moraine.cache.evictions");
    Arrays.setAll(locks, i -> new Object());
  }

  @Override
  public long evictableBytes(TeamId team) {
    return store.evictableBytes(team).await().atMost(PATIENCE);
  }

  @Override
  public long evict(TeamId team, long bytes) {
    try {
      long unused = 0;
      while (unused < bytes) {
        Optional<CachedVersion> victim = store.claimVictim(team).await().atMost(PATIENCE);
        if (victim.isEmpty()) {
          break;
        }
        synchronized (lock(victim.get().key())) {
          unused += take(victim.get().key());
        }
      }
      return storage.team(team).contents().sweep();
    } catch (IOException e) {
      throw new UncheckedIOException("the cache of " + team + " cannot be evicted from", e);
    }
  }

  /**
   * Takes out what rows of a team say shall go, some at a time, and gives their space back: each
   * look for what is out of use goes over all that the team has.
   */
  void evictUnwanted(TeamId team) throws IOException {
    Optional<IOException> failure = Optional.empty();
    for (VersionKey key : store.claimEvictions(team, MOST).await().atMost(PATIENCE)) {
      synchronized (lock(key)) {
        try {
          take(key);
        } catch (IOException e) {
          failure = Optional.of(new IOException(key + " cannot be evicted: " + e, e));
        }
      }
    }
    spaces.of(team).swept(storage.team(team).contents().sweep());
    store.retryWaiting(team).await().atMost(PATIENCE);
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /** Returns about how many bytes nothing uses any more. */
  private long take(VersionKey key) throws IOException {
    Optional<CachedVersion> version = store.find(key).await().atMost(PATIENCE);
    if (version.filter(v -> v.state() == VersionState.EVICTING).isEmpty()) {
      return 0;
    }
    TeamDisk disk = storage.team(key.team());
    links.drop(key.team(), key.dataset(), key.version());
    Path retired = disk.retire(key.dataset(), key.version());
    disk.discardFilling(key.dataset(), key.version());
    FaultPoint.reached("evict.retired");
    database.transaction(tx -> gone(tx, key)).await().atMost(PATIENCE);
    FaultPoint.reached("evict.told");
    return disk.emptyTrash(retired);
  }

  private Uni<Void> gone(Transaction tx, VersionKey key) {
    // Locked, because a want may come while it goes.
    return store.lock(tx, key).chain(version -> gone(tx, version.orElseThrow()));
  }

  private Uni<Void> gone(Transaction tx, CachedVersion version) {
    VersionKey key = version.key();
    Uni<Void> evicted = store.evicted(tx, version);
    if (!version.visible()) {
      return evicted;
    }
    evictions.increment();
    VersionEvicted event =
        new VersionEvicted(
            key.team(), config.region(), key.dataset(), key.version(), version.bytes());
    return evicted
        .chain(() -> outbox.append(tx, event))
        .chain(() -> links.wish(tx, key.team(), key.dataset()));
  }

  private Object lock(VersionKey key) {
    return locks[Math.floorMod(key.hashCode(), LOCKS)];
  }
}
