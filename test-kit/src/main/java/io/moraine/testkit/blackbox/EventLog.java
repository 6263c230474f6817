package io.moraine.testkit.blackbox;

import io.moraine.events.Event;
import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.Topic;
import io.moraine.events.UnreadableEventException;
import io.moraine.standalone.home.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Hears everything on Moraine's topics from their beginning, in a thread of its own. Events of our
 * own topics that do not validate are kept as {@link #unreadable}. Thread-safe.
 */
public final class EventLog implements AutoCloseable {
  /** An event as it was heard. */
  public record Heard(Event event, EventHeaders headers, Instant at) {}

  /** A record of the dead-letter topic. */
  public record DeadLetter(String key, Map<String, String> headers, byte[] payload) {}

  private final EventCodec codec = new EventCodec();
  private final List<Heard> heard = new CopyOnWriteArrayList<>();
  private final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
  private final List<String> unreadable = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::listen, "event-log");
  private final String servers;
  private volatile boolean closed;
  private volatile RuntimeException failure;

  public EventLog(Settings settings) {
    this.servers = settings.get("MORAINE_KAFKA");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    try {
      readAll();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /**
   * What was heard, unless the listening itself failed: then nothing that is missing means a thing.
   */
  private <T> T sound(T heardSoFar) {
    if (failure != null) {
      throw new IllegalStateException("The event log stopped listening.", failure);
    }
    return heardSoFar;
  }

  private void readAll() {
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                100))) {
      List<TopicPartition> partitions =
          topics()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!closed) {
        consumer.poll(Duration.ofMillis(200)).forEach(this::take);
      }
    }
  }

  private static Stream<String> topics() {
    return Stream.concat(
        Arrays.stream(Topic.values()).map(Topic::topic), Stream.of(Topic.DEAD_LETTERS));
  }

  private void take(ConsumerRecord<String, byte[]> message) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : message.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    if (message.topic().equals(Topic.DEAD_LETTERS)) {
      deadLetters.add(new DeadLetter(message.key(), headers, message.value()));
      return;
    }
    try {
      EventHeaders read = EventHeaders.of(headers);
      heard.add(new Heard(codec.decode(read.type(), message.value()), read, Instant.now()));
    } catch (UnreadableEventException e) {
      if (!message.topic().equals(Topic.RUNS.topic())) {
        unreadable.add(message.topic() + ": " + e.getMessage());
      }
    }
  }

  /** The events of this kind so far, in the order heard. */
  public <T extends Event> List<T> of(Class<T> kind) {
    return sound(heard).stream()
        .map(Heard::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** When the newest event of this kind that fits was heard. */
  public <T extends Event> Optional<Instant> lastOf(Class<T> kind, Predicate<T> fits) {
    for (int i = sound(heard).size() - 1; i >= 0; i--) {
      Heard one = heard.get(i);
      if (kind.isInstance(one.event()) && fits.test(kind.cast(one.event()))) {
        return Optional.of(one.at());
      }
    }
    return Optional.empty();
  }

  /** Everything so far. */
  public List<Heard> all() {
    return List.copyOf(sound(heard));
  }

  public List<DeadLetter> deadLetters() {
    return List.copyOf(sound(deadLetters));
  }

  /** What our own services sent that does not fit its schema: must stay empty. */
  public List<String> unreadable() {
    return List.copyOf(sound(unreadable));
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
