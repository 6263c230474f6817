package io.moraine.dataset.version;

import io.moraine.dataset.collect.Freed;
import io.moraine.dataset.collect.Freeing;
import io.moraine.dataset.content.Contents;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Deletes versions: one transaction hides it; then a tombstone is put beside the record, if there
 * can be one, so that a rebuild from the bucket knows; then its rows go, and leave the event. From
 * hiding on it only rolls forward, whoever hid it: this, or the deletion of its dataset.
 */
@ApplicationScoped
public class DeleteVersion {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final Database database;
  private final VersionStore store;
  private final Contents contents;
  private final Outbox outbox;
  private final Freeing freeing;

  DeleteVersion(
      Database database, VersionStore store, Contents contents, Outbox outbox, Freeing freeing) {
    this.database = database;
    this.store = store;
    this.contents = contents;
    this.outbox = outbox;
    this.freeing = freeing;
  }

  /**
   * Hides the version. Refuses, naming whoever holds it or the tags that point at it, and with a
   * 412 when it is not what the precondition names.
   */
  Uni<Void> enter(VersionKey key, Precondition precondition) {
    return database
        .transaction(tx -> enter(tx, key, precondition))
        .invoke(() -> FaultPoint.reached("delete.entered"));
  }

  /**
   * As {@link #enter}, if {@code leaves} says in the same transaction that it still has to; whether
   * it did.
   */
  public Uni<Boolean> enterIf(VersionKey key, Function<Transaction, Uni<Boolean>> leaves) {
    return database.transaction(
        tx ->
            leaves
                .apply(tx)
                .call(
                    does ->
                        does ? enter(tx, key, Precondition.NONE) : Uni.createFrom().voidItem()));
  }

  /** Hides the version if it is open, and nobody put anything into it for {@code abandoned}. */
  public Uni<Void> expire(VersionKey key, Duration abandoned) {
    return database.transaction(
        tx ->
            store
                .lock(tx, key)
                .chain(() -> store.isAbandoned(tx, key, abandoned))
                .chain(is -> is ? store.markDeleting(tx, key) : Uni.createFrom().voidItem()));
  }

  /** What {@link #enter} would free in the end; refuses as it would. Takes a worker thread. */
  Uni<Freed> wouldFree(Version version, Precondition precondition) {
    VersionKey key = version.key();
    return database
        .transaction(tx -> permit(tx, key, precondition))
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .map(
            permitted -> freeing.count(version.store(), key.dataset(), Optional.of(key.version())));
  }

  private Uni<Void> enter(Transaction tx, VersionKey key, Precondition precondition) {
    return permit(tx, key, precondition).chain(() -> store.markDeleting(tx, key));
  }

  /** Locks the version; fails when it may not be deleted. */
  private Uni<Version> permit(Transaction tx, VersionKey key, Precondition precondition) {
    return store
        .require(tx, key)
        .invoke(now -> precondition.require("Version " + key, Optional.of(now.entityTag())))
        .call(version -> refuseWhileCommitting(tx, version))
        .call(() -> store.holders(tx, key).invoke(holders -> refuseHeld(key, holders)))
        .call(() -> store.tags(tx, key).invoke(tags -> refuseTagged(key, tags)));
  }

  /**
   * What its commit still does then comes to nothing, since the tombstone outweighs the record: so
   * one that cannot succeed, over a base that was damaged say, need not stay for ever.
   */
  private Uni<Void> refuseWhileCommitting(Transaction tx, Version version) {
    if (version.state() != VersionState.COMMITTING) {
      return Uni.createFrom().voidItem();
    }
    return store
        .isStuck(tx, version.key())
        .invoke(
            stuck -> {
              if (!stuck) {
                throw new VersionProblem.BeingCommitted(version.key()).exception();
              }
            })
        .replaceWithVoid();
  }

  private static void refuseHeld(VersionKey key, List<String> holders) {
    if (!holders.isEmpty()) {
      throw new VersionProblem.Held(key, holders).exception();
    }
  }

  private static void refuseTagged(VersionKey key, List<String> tags) {
    if (!tags.isEmpty()) {
      throw new VersionProblem.Tagged(key, tags).exception();
    }
  }

  /** Rolls a deletion forward until nothing of the version is left. Blocking; repeatable. */
  void finish(Version version) {
    if (version.committedAt().isPresent()) {
      contents.putTombstone(version.store(), version.key().dataset(), version.key().version());
      FaultPoint.reached("delete.tombstone-put");
    }
    store.clear(version.key()).await().atMost(DATABASE_PATIENCE);
    database.transaction(tx -> remove(tx, version)).await().atMost(DATABASE_PATIENCE);
  }

  private Uni<Void> remove(Transaction tx, Version version) {
    return store
        .remove(tx, version.key())
        .chain(
            removed ->
                removed
                    ? outbox.append(tx, VersionEvents.deleted(version)).replaceWithVoid()
                    : Uni.createFrom().voidItem());
  }
}
