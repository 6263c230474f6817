package io.moraine.kit.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moraine.events.Event;
import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.EventType;
import io.moraine.events.Topic;
import io.moraine.events.dataset.DatasetCreated;
import io.moraine.events.dataset.DatasetDeleted;
import io.moraine.events.dataset.DatasetEvent;
import io.moraine.events.dataset.DatasetUpdated;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class EventConsumerTest {
  private static final String BOOTSTRAP = "bootstrap.servers";

  @Inject DatasetListener listener;

  private final EventCodec codec = new EventCodec();
  private final TeamId team = TeamId.random();
  private final DatasetId dataset = DatasetId.random();
  private final Event created =
      new DatasetCreated(team, dataset, new DatasetName("a"), ProviderId.random());

  @Test
  void eventsTakeEffectInOrder() throws Exception {
    send(created, 1);
    send(renamed("b"), 2);
    send(new DatasetDeleted(team, dataset), 3);

    awaitEffects("created", "updated b", "deleted");
  }

  @Test
  void anEventThatComesTwiceOrLateHasNoEffectAgain() throws Exception {
    send(created, 1);
    send(renamed("b"), 5);
    send(renamed("b"), 5);
    send(renamed("stale"), 4);
    send(renamed("c"), 6);

    awaitEffects("created", "updated b", "updated c");
  }

  @Test
  void whatCannotBeReadGoesToTheDeadLettersAndTheNextEventIsProcessed() throws Exception {
    String type = EventType.of(created).name();
    String noJson = send(dataset.text(), headers(type, 1), "{".getBytes(StandardCharsets.UTF_8));
    String noSchema = send(dataset.text(), headers(type, 2), "{}".getBytes(StandardCharsets.UTF_8));
    String noType =
        send(dataset.text(), headers("io.moraine.Unknown.v1", 3), codec.encode(created));
    String otherTopic = send("r", headers("io.moraine.run.RunFinished.v1", 4), runFinished());
    String otherKey = send("somebody-else", headers(type, 5), codec.encode(created));
    String noHeaders = send(dataset.text(), Map.of("ce_id", UUID.randomUUID().toString()), null);
    send(created, 6);

    awaitEffects("created");
    Map<String, String> dead =
        deadLetters(noJson, noSchema, noType, otherTopic, otherKey, noHeaders);
    assertThat(dead.get(noJson)).contains("no JSON");
    assertThat(dead.get(noSchema)).contains("does not fit its schema");
    assertThat(dead.get(noType)).contains("io.moraine.Unknown.v1");
    assertThat(dead.get(otherTopic)).contains("does not belong on moraine.datasets");
    assertThat(dead.get(otherKey)).contains("record key");
    assertThat(dead.get(noHeaders)).contains("ce_specversion");
  }

  @Test
  void whatTheDatabaseRefusesForWhatItIsStopsNothing() throws Exception {
    listener.refusals.set(1);
    Map<String, String> headers = headers(EventType.of(created).name(), 1);
    String refused = send(dataset.text(), headers, codec.encode(created));
    send(renamed("b"), 2);

    awaitEffects("updated b");
    assertThat(deadLetters(refused).get(refused)).contains("it cannot be recorded");
  }

  @Test
  void theLargestRecordThereCanBeIsADeadLetterLikeOthers() throws Exception {
    byte[] noise = new byte[1_047_900]; // with what a dead letter adds, more than 1 MiB
    new Random(1).nextBytes(noise);
    String large = send(dataset.text(), headers(EventType.of(created).name(), 1), noise);
    send(created, 2);

    awaitEffects("created");
    assertThat(deadLetters(large).get(large)).contains("the most is");
  }

  @Test
  void whatCannotBeProcessedNowWaitsInOrderAndLeavesNothingHalf() throws Exception {
    listener.failures.set(3);
    send(created, 1);
    send(renamed("b"), 2);

    awaitEffects("created", "updated b");
  }

  @Test
  void aTopicsEventsAreAllHandledOrIgnoredForAReason() {
    assertThatThrownBy(
            () ->
                EventHandlers.of(DatasetEvent.class)
                    .on(DatasetCreated.class, (tx, e) -> null)
                    .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("neither handled nor ignored");
  }

  private Event renamed(String name) {
    return new DatasetUpdated(team, dataset, new DatasetName(name));
  }

  private void awaitEffects(String... effects) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(listener.effects(dataset.text())).containsExactly(effects));
  }

  private byte[] runFinished() {
    return "{\"team\": \"%s\", \"run\": \"r\", \"outcome\": \"succeeded\"}"
        .formatted(team)
        .getBytes(StandardCharsets.UTF_8);
  }

  private void send(Event event, long sequence) throws Exception {
    send(event.key(), headers(EventType.of(event).name(), sequence), codec.encode(event));
  }

  private Map<String, String> headers(String type, long sequence) {
    return new EventHeaders(
            UUID.randomUUID().toString(),
            "/test",
            type,
            Instant.now(),
            dataset.text(),
            OptionalLong.of(sequence),
            Optional.empty(),
            Optional.empty())
        .toMap();
  }

  /** The id under which it was sent. */
  private static String send(String key, Map<String, String> headers, byte[] payload)
      throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(BOOTSTRAP, EmbeddedStack.variables().get("MORAINE_KAFKA")),
            new StringSerializer(),
            new ByteArraySerializer())) {
      ProducerRecord<String, byte[]> message =
          new ProducerRecord<>(Topic.DATASETS.topic(), key, payload);
      headers.forEach(
          (name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
      producer.send(message).get();
    }
    return headers.get("ce_id");
  }

  /** The reasons of these dead letters, by their event ids. */
  private static Map<String, String> deadLetters(String... ids) {
    Map<String, String> reasons = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(BOOTSTRAP, EmbeddedStack.variables().get("MORAINE_KAFKA")),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(Topic.DEAD_LETTERS).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                consumer
                    .poll(Duration.ofMillis(100))
                    .forEach(
                        dead ->
                            reasons.put(header(dead, "ce_id"), header(dead, "dead-letter-reason")));
                assertThat(reasons).containsKeys(ids);
              });
    }
    return reasons;
  }

  private static String header(ConsumerRecord<?, ?> message, String name) {
    var header = message.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
