package io.moraine.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.Topic;
import io.moraine.events.cache.VersionCached;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.RunFinished;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against the real Kafka. */
class EventsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final TeamId TEAM = TeamId.random();
  private static Map<String, Object> kafka;

  @BeforeAll
  static void makeTopics() throws Exception {
    kafka = Map.of("bootstrap.servers", EmbeddedStack.variables().get("MORAINE_KAFKA"));
    try (Admin admin = Admin.create(kafka)) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(Topic.RUNS.topic(), 1, (short) 1),
                  new NewTopic(Topic.CACHE.topic(), 3, (short) 1)))
          .all()
          .get();
    }
  }

  private static Stack stack(String bootstrapServers) {
    URI nowhere = URI.create("http://127.0.0.1:1");
    return new Stack(
        nowhere, nowhere, nowhere, bootstrapServers, "", Optional.empty(), Optional.empty());
  }

  private static Stack stack() {
    return stack(kafka.get("bootstrap.servers").toString());
  }

  @Test
  void whatIsProducedIsACloudEventWithItsToken() throws Exception {
    RunFinished finished =
        new RunFinished(TEAM, new RunName("r-" + UUID.randomUUID()), Outcome.SUCCEEDED);

    try (RunEvents events = new RunEvents(stack())) {
      events.produce(finished, "the token");
    }

    ConsumerRecord<String, byte[]> message = onlyRunEvent();
    Map<String, String> headers = new HashMap<>();
    message
        .headers()
        .forEach(
            header ->
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    EventHeaders read = EventHeaders.of(headers);
    assertThat(message.key()).isEqualTo(finished.run().text());
    assertThat(read.token()).contains("the token");
    assertThat(read.sequence()).isEmpty();
    assertThat(new EventCodec().decode(read.type(), message.value())).isEqualTo(finished);
  }

  private static ConsumerRecord<String, byte[]> onlyRunEvent() {
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(kafka, new StringDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(Topic.RUNS.topic(), 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return consumer.poll(LIMIT).records(partition).get(0);
    }
  }

  @Test
  void theEventOfAVersionIsFoundWhereverItLies() throws Exception {
    Instant begin = Instant.now();
    VersionCached first = cached(1_000);
    VersionCached second = cached(20);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Topic.CACHE.topic(), "noise", new byte[] {1})).get();
      for (VersionCached event : List.of(first, second)) {
        ProducerRecord<String, byte[]> message =
            new ProducerRecord<>(Topic.CACHE.topic(), event.key(), new EventCodec().encode(event));
        message
            .headers()
            .add("ce_type", "io.moraine.cache.VersionCached.v1".getBytes(StandardCharsets.UTF_8));
        producer.send(message).get();
      }
    }

    assertThat(new CacheEvents(stack()).versionCached(second.version(), begin, LIMIT))
        .contains(second);
    assertThat(
            new CacheEvents(stack())
                .versionCached(VersionId.random(), begin, Duration.ofMillis(500)))
        .isEmpty();
  }

  private static VersionCached cached(long fetchedBytes) {
    return new VersionCached(
        TEAM,
        "local",
        DatasetId.random(),
        VersionId.random(),
        Sha256.of(new byte[0]),
        3,
        1_000,
        fetchedBytes);
  }

  @Test
  void serversThatAreNoneAreSaid() {
    assertThatThrownBy(() -> new RunEvents(stack("kafka")))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("MORAINE_KAFKA is \"kafka\"");
  }
}
