package io.moraine.kit.consume;

import io.micrometer.core.instrument.MeterRegistry;
import io.moraine.events.Event;
import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.Topic;
import io.moraine.events.UnreadableEventException;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Handles one message of an {@code @Incoming} channel of the {@code byte[]} payloads. Thread-safe;
 * never blocks.
 */
@ApplicationScoped
public class EventConsumer {
  private static final Logger LOG = Logger.getLogger(EventConsumer.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** PostgreSQL's errors about values: unfit for their type, too long, against a check. */
  private static final Pattern REFUSED_DATA = Pattern.compile("22...|54...|23514");

  private static final String HEAR =
      """
      INSERT INTO heard AS h (topic, key, sequence) VALUES ($1, $2, $3)
      ON CONFLICT (topic, key) DO UPDATE SET sequence = excluded.sequence WHERE h.sequence < excluded.sequence
      """;

  /**
   * Decides whether an event may be believed: fails with {@link UnreadableEventException} when
   * never.
   */
  @FunctionalInterface
  public interface Trust {
    Uni<Void> check(ReceivedEvent event);
  }

  private final EventCodec codec;
  private final Database database;
  private final MeterRegistry metrics;

  EventConsumer(EventCodec codec, Database database, MeterRegistry metrics) {
    this.codec = codec;
    this.database = database;
    this.metrics = metrics;
  }

  /**
   * As {@link #hear(Message, EventHandlers, Trust)}, for topics whose producers are our own
   * services.
   */
  public Uni<Void> hear(Message<byte[]> message, EventHandlers<?> handlers) {
    return hear(message, handlers, event -> Uni.createFrom().voidItem());
  }

  /**
   * Reads, checks and records one message; completes once it is acknowledged. The returned Uni
   * fails only if the acknowledgement itself does. As long as the database (or whatever {@code
   * trust} asks) is away it tries again, ever more slowly up to every 10 s: the channel waits,
   * nothing is lost and nothing is reordered. What the database refuses for what it is, whatever
   * the state of the database, is a dead letter like what cannot be read: else it would stop the
   * channel for ever.
   */
  public Uni<Void> hear(Message<byte[]> message, EventHandlers<?> handlers, Trust trust) {
    return Uni.createFrom()
        .deferred(() -> handle(message, handlers, trust))
        .onFailure(EventConsumer::canNeverBeRecorded)
        .transform(e -> new UnreadableEventException("it cannot be recorded: " + e.getMessage(), e))
        .onFailure(e -> !(e instanceof UnreadableEventException))
        .invoke(e -> LOG.warnf("An event waits: %s", e.getMessage()))
        .onFailure(e -> !(e instanceof UnreadableEventException))
        .retry()
        .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
        .indefinitely()
        .onItemOrFailure()
        .transformToUni((done, failure) -> acknowledge(message, failure));
  }

  private Uni<Void> handle(Message<byte[]> message, EventHandlers<?> handlers, Trust trust) {
    ReceivedEvent received;
    IncomingKafkaRecordMetadata<?, ?> metadata = metadata(message);
    try {
      received = read(message, metadata);
    } catch (UnreadableEventException e) {
      return Uni.createFrom().failure(e);
    }
    if (!handlers.handle(received.event())) {
      return Uni.createFrom()
          .failure(
              new UnreadableEventException(
                  received.headers().type() + " does not belong on " + metadata.getTopic()));
    }
    return trust
        .check(received)
        .chain(() -> database.transaction(tx -> record(tx, received, metadata, handlers)))
        .invoke(() -> measure(metadata.getTopic(), received));
  }

  private Uni<Void> record(
      Transaction tx,
      ReceivedEvent received,
      IncomingKafkaRecordMetadata<?, ?> metadata,
      EventHandlers<?> handlers) {
    OptionalLong sequence = received.headers().sequence();
    if (sequence.isEmpty() || metadata.getTopic().equals(Topic.RUNS.topic())) {
      return handlers.record(tx, received.event());
    }
    return tx.preparedQuery(HEAR)
        .execute(Tuple.of(metadata.getTopic(), received.event().key(), sequence.getAsLong()))
        .chain(
            rows ->
                rows.rowCount() == 0
                    ? Uni.createFrom().voidItem()
                    : handlers.record(tx, received.event()));
  }

  private ReceivedEvent read(Message<byte[]> message, IncomingKafkaRecordMetadata<?, ?> metadata)
      throws UnreadableEventException {
    Map<String, String> raw = new HashMap<>();
    for (Header header : metadata.getHeaders()) {
      if (header.value() != null) {
        raw.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    EventHeaders headers = EventHeaders.of(raw);
    Event event = codec.decode(headers.type(), message.getPayload());
    if (!event.key().equals(metadata.getKey())) {
      throw new UnreadableEventException(
          "the record key must be "
              + event.key()
              + ", which the event is about, not "
              + metadata.getKey());
    }
    return new ReceivedEvent(event, headers, metadata.getTimestamp());
  }

  private static boolean canNeverBeRecorded(Throwable failure) {
    return failure instanceof IllegalArgumentException
        || (failure instanceof PgException refusal
            && REFUSED_DATA.matcher(String.valueOf(refusal.getSqlState())).matches());
  }

  private static IncomingKafkaRecordMetadata<?, ?> metadata(Message<byte[]> message) {
    return message
        .getMetadata(IncomingKafkaRecordMetadata.class)
        .orElseThrow(() -> new IllegalStateException("the message did not come from Kafka"));
  }

  private static Uni<Void> acknowledge(Message<byte[]> message, Throwable failure) {
    if (failure == null) {
      return Uni.createFrom().completionStage(message.ack());
    }
    LOG.warnf("An event went to the dead letters: %s", failure.getMessage());
    return Uni.createFrom().completionStage(message.nack(failure));
  }

  private void measure(String topic, ReceivedEvent received) {
    metrics
        .timer("moraine.event.lag", "topic", topic)
        .record(
            Math.max(0, Duration.between(received.brokerTime(), Instant.now()).toMillis()),
            TimeUnit.MILLISECONDS);
  }
}
