package io.moraine.kit.consume;

import io.moraine.events.dataset.DatasetCreated;
import io.moraine.events.dataset.DatasetDeleted;
import io.moraine.events.dataset.DatasetEvent;
import io.moraine.events.dataset.DatasetUpdated;
import io.moraine.events.dataset.SourceChanged;
import io.moraine.events.dataset.TagDeleted;
import io.moraine.events.dataset.TagMoved;
import io.moraine.events.dataset.VersionCommitted;
import io.moraine.events.dataset.VersionCreated;
import io.moraine.events.dataset.VersionDeleted;
import io.moraine.events.dataset.VersionUpdated;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Writes one row per event that it handles. */
@Singleton
public class DatasetListener {
  /** How many handlings fail before the next one succeeds. */
  final AtomicInteger failures = new AtomicInteger();

  /** How many handlings the database refuses before the next one. */
  final AtomicInteger refusals = new AtomicInteger();

  private final EventConsumer consumer;
  private final Pool database;
  private final EventHandlers<DatasetEvent> handlers =
      EventHandlers.of(DatasetEvent.class)
          .on(DatasetCreated.class, (tx, e) -> write(tx, e, "created"))
          .on(DatasetUpdated.class, (tx, e) -> write(tx, e, "updated " + e.name()))
          .on(DatasetDeleted.class, (tx, e) -> write(tx, e, "deleted"))
          .ignore(VersionCreated.class, "not of this test")
          .ignore(VersionUpdated.class, "not of this test")
          .ignore(VersionCommitted.class, "not of this test")
          .ignore(VersionDeleted.class, "not of this test")
          .ignore(TagMoved.class, "not of this test")
          .ignore(TagDeleted.class, "not of this test")
          .ignore(SourceChanged.class, "not of this test")
          .build();

  DatasetListener(EventConsumer consumer, Pool database) {
    this.consumer = consumer;
    this.database = database;
  }

  @Incoming("datasets")
  Uni<Void> hear(Message<byte[]> message) {
    return consumer.hear(message, handlers);
  }

  private Uni<Void> write(Transaction tx, DatasetEvent event, String what) {
    if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return tx.preparedQuery("SELECT chr(0)").execute().replaceWithVoid();
    }
    return tx.preparedQuery("INSERT INTO effect (dataset, what) VALUES ($1, $2)")
        .execute(Tuple.of(event.dataset().text(), what))
        .invoke(
            () -> {
              if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("the database went away");
              }
            })
        .replaceWithVoid();
  }

  List<String> effects(String dataset) {
    return database
        .preparedQuery("SELECT what FROM effect WHERE dataset = $1 ORDER BY id")
        .execute(Tuple.of(dataset))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> row.getString("what"))
                    .toList())
        .await()
        .atMost(Duration.ofSeconds(60));
  }
}
