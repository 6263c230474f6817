package io.moraine.cli.client;

import io.moraine.events.Event;
import io.moraine.events.EventCodec;
import io.moraine.events.Topic;
import io.moraine.events.UnreadableEventException;
import io.moraine.events.cache.VersionCached;
import io.moraine.vocabulary.VersionId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What Kafka's topic {@code moraine.cache} says. Thread-safe; leaves no consumer group behind. */
public final class CacheEvents {
  private static final Duration POLL = Duration.ofMillis(200);

  private final EventCodec codec = new EventCodec();
  private final String bootstrapServers;

  public CacheEvents(Stack stack) {
    bootstrapServers = stack.kafka();
  }

  /**
   * The event that {@code version} is cached, told after {@code since}; empty after {@code limit}.
   */
  public Optional<VersionCached> versionCached(VersionId version, Instant since, Duration limit) {
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      seek(consumer, since);
      long end = System.nanoTime() + limit.toNanos();
      while (System.nanoTime() < end) {
        for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
          if (read(message).orElse(null) instanceof VersionCached cached
              && cached.version().equals(version)) {
            return Optional.of(cached);
          }
        }
      }
      return Optional.empty();
    }
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.CLIENT_ID_CONFIG,
            "moraine-cli-" + UUID.randomUUID()),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private static void seek(KafkaConsumer<String, byte[]> consumer, Instant since) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topic.CACHE.topic()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    Map<TopicPartition, Long> times =
        partitions.stream()
            .collect(Collectors.toMap(Function.identity(), partition -> since.toEpochMilli()));
    // Asked first: what is told between the two questions is heard.
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(times);
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp first = offsets.get(partition);
      consumer.seek(partition, first == null ? ends.get(partition) : first.offset());
    }
  }

  private Optional<Event> read(ConsumerRecord<String, byte[]> message) {
    Header type = message.headers().lastHeader("ce_type");
    if (type == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          codec.decode(new String(type.value(), StandardCharsets.UTF_8), message.value()));
    } catch (UnreadableEventException e) {
      return Optional.empty(); // Not ours to judge; services send such to the dead letters.
    }
  }
}
