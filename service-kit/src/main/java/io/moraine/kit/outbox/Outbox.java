package io.moraine.kit.outbox;

import io.moraine.events.Event;
import io.moraine.events.EventCodec;
import io.moraine.events.EventType;
import io.moraine.events.Topic;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** Where a state change leaves its event. Thread-safe. */
@ApplicationScoped
public class Outbox {
  /** The PostgreSQL channel that wakes the relay when a transaction with events commits. */
  static final String CHANNEL = "moraine_outbox";

  private static final String APPEND =
      """
      WITH place AS (
        INSERT INTO event_sequence AS s (topic, key, sequence) VALUES ($1, $2, 1)
        ON CONFLICT (topic, key) DO UPDATE SET sequence = s.sequence + 1
        RETURNING sequence
      ), event AS (
        INSERT INTO outbox (topic, key, event_id, type, sequence, payload)
        SELECT $1, $2, $3, $4, sequence, $5 FROM place
        RETURNING sequence
      )
      SELECT sequence, pg_notify('moraine_outbox', '') FROM event
      """;

  private final EventCodec codec;

  Outbox(EventCodec codec) {
    this.codec = codec;
  }

  /**
   * Appends {@code event} in the open transaction of {@code tx}: it will be published if, and only
   * if, that transaction commits. Locks the event's key until then.
   *
   * @return the event's sequence within its key
   */
  public Uni<Long> append(Transaction tx, Event event) {
    return tx.preparedQuery(APPEND)
        .execute(
            Tuple.of(
                Topic.of(event).topic(),
                event.key(),
                UUID.randomUUID(),
                EventType.of(event).name(),
                Buffer.buffer(codec.encode(event))))
        .map(rows -> rows.iterator().next().getLong("sequence"));
  }
}
