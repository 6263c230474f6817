package io.moraine.dataset.dataset;

import io.moraine.dataset.collect.Freed;
import io.moraine.dataset.collect.Freeing;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Store;
import io.moraine.events.dataset.DatasetDeleted;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Deletes a dataset: hides it with all its versions in one transaction, unless one is held, and
 * takes its row away when package {@code version} has finished the last of them. Repeatable from
 * any point; {@link DatasetDeletionWorker} finishes what a crash left.
 */
@ApplicationScoped
class DeleteDataset {
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Database database;
  private final DatasetStore store;
  private final Datasets datasets;
  private final Outbox outbox;
  private final Event<VersionsDeleting> versionsDeleting;
  private final Freeing freeing;
  private final Buckets buckets;

  DeleteDataset(
      Database database,
      DatasetStore store,
      Datasets datasets,
      Outbox outbox,
      Event<VersionsDeleting> versionsDeleting,
      Freeing freeing,
      Buckets buckets) {
    this.database = database;
    this.store = store;
    this.datasets = datasets;
    this.outbox = outbox;
    this.versionsDeleting = versionsDeleting;
    this.freeing = freeing;
    this.buckets = buckets;
  }

  /** Hides the dataset; fails with 409 when a version of it is held. */
  Uni<DatasetId> hide(TeamId team, String idOrName, Precondition precondition) {
    return database
        .transaction(
            tx ->
                datasets
                    .require(tx, team, idOrName, precondition)
                    .chain(() -> store.hide(tx, team, idOrName))
                    .map(found -> found.orElseThrow(() -> Datasets.missing(idOrName)))
                    .call(row -> refuseHeld(tx, row))
                    .call(row -> store.dropTagsAndExpiredHolds(tx, row.id())))
        .map(DatasetRow::id)
        .invoke(id -> versionsDeleting.fire(new VersionsDeleting(id)));
  }

  /** What {@link #hide} would free in the end; refuses as it would. Takes a worker thread. */
  Uni<Freed> wouldFree(TeamId team, String idOrName) {
    return store
        .find(team, idOrName)
        .map(found -> found.orElseThrow(() -> Datasets.missing(idOrName)))
        .call(row -> database.transaction(tx -> refuseHeld(tx, row)))
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .map(row -> freeing.count(new Store(team, row.provider()), row.id(), Optional.empty()));
  }

  private Uni<Void> refuseHeld(Transaction tx, DatasetRow row) {
    return store
        .liveHold(tx, row.id())
        .invoke(
            hold ->
                hold.ifPresent(
                    h -> {
                      throw new DatasetProblem.Held(row.name(), h.version(), h.holder(), h.until())
                          .exception();
                    }))
        .replaceWithVoid();
  }

  /** Whether the dataset is gone; waits for its versions for {@code patience} at most. */
  Uni<Boolean> finish(DatasetId dataset, Duration patience) {
    return finish(dataset)
        .repeat()
        .withDelay(LOOK)
        .whilst(gone -> !gone)
        .collect()
        .last()
        .ifNoItem()
        .after(patience)
        .recoverWithItem(false);
  }

  /** Takes the last step if it is due; whether the dataset is gone. */
  Uni<Boolean> finish(DatasetId dataset) {
    return store
        .empty(dataset)
        .call(found -> found.map(s -> bury(s, dataset)).orElseGet(Uni.createFrom()::voidItem))
        .chain(() -> store.exists(dataset))
        .map(exists -> !exists);
  }

  /** The tombstone first: what a rebuild from the bucket must not bring back. */
  private Uni<Void> bury(Store place, DatasetId dataset) {
    return Uni.createFrom()
        .item(() -> putTombstone(place, dataset))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .chain(() -> database.transaction(tx -> remove(tx, dataset)));
  }

  private boolean putTombstone(Store place, DatasetId dataset) {
    boolean put = buckets.of(place).put(Buckets.keys(place).tombstone(dataset), new byte[0]);
    FaultPoint.reached("dataset.tombstone-put");
    return put;
  }

  private Uni<Void> remove(Transaction tx, DatasetId dataset) {
    return store
        .remove(tx, dataset)
        .call(
            gone ->
                gone.map(place -> announce(tx, place, dataset))
                    .orElseGet(Uni.createFrom()::voidItem))
        .replaceWithVoid();
  }

  private Uni<Void> announce(Transaction tx, Store place, DatasetId dataset) {
    return outbox
        .append(tx, new DatasetDeleted(place.team(), dataset))
        .chain(() -> store.noteRecords(tx, dataset, place.provider()));
  }

  Uni<List<DatasetId>> due() {
    return store.emptyAndHidden(buckets.down());
  }
}
