package io.moraine.cache.version;

import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/**
 * Lends a fill the version that it may begin as: the newest cached one of the same dataset. It is
 * pinned until it is given back, so that no eviction takes it apart while its files are linked.
 * Blocking; thread-safe.
 */
@ApplicationScoped
class LendBase {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Millions of links are made in this time; a killed fill keeps its base for as long. */
  private static final Duration LENT = Duration.ofMinutes(10);

  private final Database database;
  private final VersionStore store;
  private final PinStore pins;
  private final EvictWorker evictions;

  LendBase(Database database, VersionStore store, PinStore pins, EvictWorker evictions) {
    this.database = database;
    this.store = store;
    this.pins = pins;
    this.evictions = evictions;
  }

  /** Empty when no other version of the dataset is cached. */
  Optional<CachedVersion> lend(VersionKey borrower) {
    return database.transaction(tx -> lend(tx, borrower)).await().atMost(PATIENCE);
  }

  private Uni<Optional<CachedVersion>> lend(Transaction tx, VersionKey borrower) {
    return store
        .newestCached(tx, borrower)
        .call(
            found ->
                found
                    .map(CachedVersion::key)
                    .map(
                        base ->
                            pins.put(tx, base, holder(borrower), LENT)
                                .chain(() -> store.pinned(tx, base)))
                    .orElseGet(() -> Uni.createFrom().voidItem()));
  }

  void giveBack(VersionKey base, VersionKey borrower) {
    database
        .transaction(
            tx -> pins.delete(tx, base, holder(borrower)).chain(() -> store.pinned(tx, base)))
        .chain(() -> store.retryWaiting(base.team()))
        .await()
        .atMost(PATIENCE);
    evictions.wake();
  }

  private static String holder(VersionKey borrower) {
    return "fill:" + borrower.version();
  }
}
