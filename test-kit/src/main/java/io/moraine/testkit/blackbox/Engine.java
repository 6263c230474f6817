package io.moraine.testkit.blackbox;

import io.moraine.events.Event;
import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.EventType;
import io.moraine.events.Topic;
import io.moraine.standalone.home.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A workflow engine: a program that knows nothing but Kafka and a run token. Thread-safe. */
public final class Engine implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;
  private final EventCodec codec = new EventCodec();
  private final String token;

  /**
   * @param rest gives the run token, once
   */
  public Engine(Settings settings, Rest rest) {
    this.token = rest.post("/tokens", "{}").ok().json().get("token").textValue();
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                settings.get("MORAINE_KAFKA"),
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class));
  }

  /** Tells {@code event}; returns once the broker has it. */
  public void tell(Event event) {
    EventHeaders headers =
        new EventHeaders(
            UUID.randomUUID().toString(),
            "/tests/engine",
            EventType.of(event).name(),
            Instant.now(),
            event.key(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.of(token));
    send(event.key(), headers.toMap(), codec.encode(event));
  }

  /** Puts any record, however wrong, on {@code moraine.runs}. */
  public void send(String key, Map<String, String> headers, byte[] payload) {
    ProducerRecord<String, byte[]> message = new ProducerRecord<>(Topic.RUNS.topic(), key, payload);
    headers.forEach(
        (name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    try {
      producer.send(message).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("Kafka refused an event", e.getCause());
    }
  }

  /** The token that proves the team. */
  public String token() {
    return token;
  }

  @Override
  public void close() {
    producer.close();
  }
}
