package io.moraine.testkit;

import io.moraine.events.Event;
import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.Topic;
import io.moraine.events.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Everything that is on a topic of the stack, read from its beginning as it comes, each event
 * checked against its schema. Close it after use.
 */
public final class EventLog implements AutoCloseable {
  /** One record as it lies in Kafka. */
  public record Entry(EventHeaders headers, Event event) {}

  private static final Duration POLL = Duration.ofMillis(100);

  private final EventCodec codec = new EventCodec();
  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private final Map<String, Exception> unreadable = new ConcurrentHashMap<>();
  private volatile RuntimeException broken;
  private volatile boolean closed;

  private EventLog(Topic topic) {
    this.thread = new Thread(() -> read(topic.topic()), "event-log");
    thread.setDaemon(true);
    thread.start();
  }

  /** Starts reading; the topic must exist. */
  public static EventLog of(Topic topic) {
    return new EventLog(topic);
  }

  /** What came so far under {@code key}, in order. Fails when anything under it was no event. */
  public List<Entry> of(String key) {
    if (broken != null) {
      throw broken;
    }
    if (unreadable.containsKey(key)) {
      throw new IllegalStateException("What is under " + key + " is no event", unreadable.get(key));
    }
    return entries.stream().filter(entry -> entry.event().key().equals(key)).toList();
  }

  /** Only the events of {@link #of(String)}. */
  public List<Event> events(String key) {
    return of(key).stream().map(Entry::event).toList();
  }

  private void read(String topic) {
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                EmbeddedStack.variables().get("MORAINE_KAFKA")),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!closed) {
        for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
          add(message);
        }
      }
    } catch (RuntimeException e) {
      broken = e;
    }
  }

  private void add(ConsumerRecord<String, byte[]> message) {
    try {
      entries.add(entry(message));
    } catch (UnreadableEventException e) {
      unreadable.put(message.key(), e);
    }
  }

  private Entry entry(ConsumerRecord<String, byte[]> message) throws UnreadableEventException {
    Map<String, String> headers = new HashMap<>();
    message
        .headers()
        .forEach(
            header ->
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    EventHeaders read = EventHeaders.of(headers);
    return new Entry(read, codec.decode(read.type(), message.value()));
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join(Duration.ofSeconds(10).toMillis());
  }
}
