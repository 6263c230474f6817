package io.moraine.dataset.content;

import io.moraine.content.store.PinnedObject;
import io.moraine.events.dataset.SourceChanged;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.jboss.logging.Logger;

/**
 * Notes what has become of objects that contents are read from. The first who finds that one is
 * another now, or gone, tells every dataset that it was imported into, in the same transaction: so
 * there is one event for each object, state and dataset, and another only when the object was right
 * in between. Thread-safe; never blocks.
 */
@ApplicationScoped
class SourceAlarm {
  private static final Logger LOG = Logger.getLogger(SourceAlarm.class);

  private final Database database;
  private final ReferenceStore store;
  private final Outbox outbox;
  private final SourceMetrics metrics;

  SourceAlarm(Database database, ReferenceStore store, Outbox outbox, SourceMetrics metrics) {
    this.database = database;
    this.store = store;
    this.outbox = outbox;
    this.metrics = metrics;
  }

  Uni<Void> note(long source, SourceObject object, PinnedObject.State state) {
    return database
        .transaction(
            tx ->
                store
                    .note(tx, source, state)
                    .call(
                        isNew ->
                            isNew && state != PinnedObject.State.SAME
                                ? tell(tx, source, object, state)
                                : Uni.createFrom().voidItem()))
        .invoke(isNew -> noted(isNew, object, state))
        .replaceWithVoid();
  }

  private void noted(boolean isNew, SourceObject object, PinnedObject.State state) {
    if (isNew && state != PinnedObject.State.SAME) {
      metrics.changed();
      LOG.warnf(
          "%s in the bucket of %s, which contents are read from, is %s",
          object.object().key(), object.provider(), text(state));
    }
  }

  private Uni<Void> tell(
      Transaction tx, long source, SourceObject object, PinnedObject.State state) {
    return store
        .hearing(tx, source)
        .onItem()
        .transformToMulti(all -> Multi.createFrom().iterable(all))
        .onItem()
        .transformToUniAndConcatenate(
            one ->
                outbox.append(
                    tx,
                    new SourceChanged(
                        one.team(),
                        one.dataset(),
                        object.provider(),
                        object.object().key(),
                        object.object().etag(),
                        object.object().versionId(),
                        text(state))))
        .collect()
        .last()
        .replaceWithVoid();
  }

  private static String text(PinnedObject.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
