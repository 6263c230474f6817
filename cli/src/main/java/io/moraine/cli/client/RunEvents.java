package io.moraine.cli.client;

import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.EventType;
import io.moraine.events.Topic;
import io.moraine.events.run.RunEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Tells Kafka about runs, as any workflow engine may. Not thread-safe. */
public final class RunEvents implements AutoCloseable {
  /** A broker that restarts is back well before. */
  private static final Duration DELIVERY_LIMIT = Duration.ofSeconds(60);

  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
  private static final String SOURCE = "/moraine/cli";

  private final EventCodec codec = new EventCodec();
  private final String bootstrapServers;
  private final KafkaProducer<String, byte[]> producer;

  public RunEvents(Stack stack) {
    bootstrapServers = stack.kafka();
    try {
      producer =
          new KafkaProducer<>(
              Map.of(
                  ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                  bootstrapServers,
                  ProducerConfig.ACKS_CONFIG,
                  "all",
                  ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                  true,
                  ProducerConfig.MAX_BLOCK_MS_CONFIG,
                  DELIVERY_LIMIT.toMillis(),
                  ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                  (int) REQUEST_LIMIT.toMillis(),
                  ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                  (int) DELIVERY_LIMIT.toMillis()),
              new StringSerializer(),
              new ByteArraySerializer());
    } catch (KafkaException e) {
      throw new CommandFailed(
          "MORAINE_KAFKA is \"" + bootstrapServers + "\", which names no broker; it is HOST:PORT.",
          e);
    }
  }

  /**
   * Produces {@code event} with the token that proves its team; returns when Kafka has it on disk.
   */
  public void produce(RunEvent event, String token) throws InterruptedException {
    ProducerRecord<String, byte[]> message =
        new ProducerRecord<>(Topic.RUNS.topic(), event.key(), codec.encode(event));
    headers(event, token)
        .toMap()
        .forEach(
            (name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    try {
      producer.send(message).get();
    } catch (InterruptException e) {
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException().initCause(e);
    } catch (ExecutionException | KafkaException e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new CommandFailed(
          "Kafka at "
              + bootstrapServers
              + " did not take "
              + event.getClass().getSimpleName()
              + " of run "
              + event.run()
              + ": "
              + cause.getMessage()
              + " Start the stack with 'moraine up', or set MORAINE_KAFKA to where it is.",
          e);
    }
  }

  private static EventHeaders headers(RunEvent event, String token) {
    return new EventHeaders(
        UUID.randomUUID().toString(),
        SOURCE,
        EventType.of(event).name(),
        Instant.now(),
        event.key(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.of(token));
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
