package io.moraine.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.dataset.Origin;
import io.moraine.events.dataset.VersionCommitted;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.RunFinished;
import io.moraine.events.run.RunStarted;
import io.moraine.events.run.SpecType;
import io.moraine.events.volume.RunRejected;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {
  private static final String RUN_STARTED = "io.moraine.run.RunStarted.v1";
  private final EventCodec codec = new EventCodec();

  static Stream<EventType> types() {
    Set<EventType> types = new HashSet<>();
    EventType.all().forEach(types::add);
    return types.stream();
  }

  @ParameterizedTest
  @MethodSource("types")
  void theSchemaOfATypeHasTheMembersOfItsRecord(EventType type) throws Exception {
    JsonNode schema;
    try (InputStream in =
        EventCodec.class.getResourceAsStream("schemas/" + type.name() + ".json")) {
      schema = Json.mapper().readTree(in);
    }
    Set<String> members = new HashSet<>();
    schema.get("properties").fieldNames().forEachRemaining(members::add);
    assertThat(members)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(type.record().getRecordComponents())
                .map(RecordComponent::getName)
                .toList());
  }

  @Test
  void noTextHoldsNul() {
    assertThatThrownBy(
            () ->
                codec.decode(
                    RUN_STARTED,
                    "{\"team\":\"te0123456789ab\",\"run\":\"r\",\"engine\":\"a\\u0000b\"}"
                        .getBytes(UTF_8)))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("NUL");
  }

  @Test
  void aRejectionFitsIntoAnEventHoweverMuchIsWrong() throws Exception {
    RunRejected rejected =
        new RunRejected(
            TeamId.random(),
            new RunName("r"),
            Collections.nCopies(5_000, "\u0001\ud83e\udea8".repeat(10_000)));

    RunRejected read =
        (RunRejected) codec.decode(EventType.of(rejected).name(), codec.encode(rejected));

    assertThat(read.reasons()).hasSize(30).allMatch(reason -> reason.endsWith(" …"));
  }

  /** Samples are never edited: what was once sent stays readable for ever. */
  @ParameterizedTest
  @MethodSource("types")
  void aReleasedSampleIsStillRead(EventType type) throws Exception {
    JsonNode sample;
    try (InputStream in = getClass().getResourceAsStream("/released/" + type.name() + ".json")) {
      sample = Json.mapper().readTree(in);
    }
    Event event = codec.decode(type.name(), Json.mapper().writeValueAsBytes(sample));
    assertThat(event).isInstanceOf(type.record());
    JsonNode again = Json.mapper().readTree(codec.encode(event));
    sample
        .fieldNames()
        .forEachRemaining(member -> assertThat(again.has(member)).as(member).isTrue());
  }

  @Test
  void everyTopicHasItsEvents() {
    assertThat(types()).hasSize(28);
    assertThat(EventType.named("io.moraine.dataset.VersionCommitted.v1"))
        .hasValueSatisfying(t -> assertThat(t.topic()).isEqualTo(Topic.DATASETS));
  }

  @Test
  void anEventComesBackAsItWas() throws Exception {
    VersionCommitted event =
        new VersionCommitted(
            TeamId.random(),
            DatasetId.random(),
            VersionId.random(),
            Sha256.of(new byte[] {1}),
            3,
            4096,
            "first",
            Optional.empty(),
            Optional.of(new Origin(new RunName("r-1"), RunName.MAIN, new RunName("model"), 1)),
            List.of(new TagName("prod")),
            Instant.parse("2026-01-02T03:04:05Z"));
    byte[] json = codec.encode(event);
    assertThat(new String(json, UTF_8))
        .contains("\"committedAt\":\"2026-01-02T03:04:05Z\"")
        .doesNotContain("base");
    assertThat(codec.decode(EventType.of(event).name(), json)).isEqualTo(event);
  }

  @Test
  void theDesignsExampleIsRead() throws Exception {
    String json =
        """
        {"team": "te0123456789ab", "region": "local", "run": "r-17", "engine": "argo", "unknown": 1, "jobs": [
          {"job": "train", "needs": [],
           "inputs": {"raw": {"type": "dataset", "ref": "faces:prod", "paths": ["train/**"]}},
           "outputs": {"model": {"type": "dataset", "ref": "faces-model", "message": "…", "tags": ["candidate"]},
                       "scratch": {"type": "volume", "sizeBytes": 5368709120}}}]}
        """;
    RunStarted run = (RunStarted) codec.decode(RUN_STARTED, json.getBytes(UTF_8));
    assertThat(run.effectiveJobs()).hasSize(1);
    assertThat(run.jobs().get(0).inputs().get(new RunName("raw")).ref())
        .contains(DatasetRef.parse("faces:prod"));
    assertThat(run.jobs().get(0).outputs().get(new RunName("scratch")).type())
        .isEqualTo(SpecType.VOLUME);
  }

  @Test
  void aRunWithoutJobsHasTheJobMain() throws Exception {
    RunStarted run =
        (RunStarted)
            codec.decode(
                RUN_STARTED,
                "{\"team\":\"te0123456789ab\",\"run\":\"r\",\"inputs\":{\"a\":{\"type\":\"dataset\",\"ref\":\"x\"}}}"
                    .getBytes(UTF_8));
    assertThat(run.region()).isEqualTo("local");
    assertThat(run.effectiveJobs())
        .singleElement()
        .satisfies(j -> assertThat(j.job()).isEqualTo(RunName.MAIN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"team\":\"te0123456789ab\"}",
        "{\"team\":\"other\",\"run\":\"r\"}",
        "{\"team\":\"te0123456789ab\",\"run\":\"../r\"}",
        "{\"team\":\"te0123456789ab\",\"run\":\"r\",\"inputs\":{\"a\":{\"type\":\"dataset\",\"ref\":\"UP:er\"}}}",
        "{\"team\":\"te0123456789ab\",\"run\":\"r\",\"inputs\":{\"a/b\":{\"type\":\"dataset\",\"ref\":\"x\"}}}",
        "{\"team\":\"te0123456789ab\",\"run\":\"r\",\"inputs\":{\"a\":{\"type\":\"dataset\"}}}"
      })
  void whatCanNeverBeProcessedIsSaidSo(String payload) {
    assertThatThrownBy(() -> codec.decode(RUN_STARTED, payload.getBytes(UTF_8)))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageMatching("(?s).{10,}");
  }

  @Test
  void unknownTypesAreRefused() {
    assertThatThrownBy(() -> codec.decode("io.moraine.run.RunStarted.v9", "{}".getBytes(UTF_8)))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("RunStarted.v9");
  }

  @Test
  void anEventThatDoesNotFitItsSchemaIsNotSent() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encode(new RunFinished(TeamId.random(), null, Outcome.FAILED)));
  }

  @Test
  void headersComeBackAsTheyWere() throws Exception {
    EventHeaders headers =
        new EventHeaders(
            "id-1",
            "/moraine/dataset-service",
            RUN_STARTED,
            Instant.parse("2026-01-02T03:04:05Z"),
            "r-17",
            OptionalLong.of(42),
            Optional.empty(),
            Optional.of("jwt"));
    assertThat(headers.toMap()).containsEntry("ce_sequence", "00000000000000000042");
    assertThat(EventHeaders.of(headers.toMap())).isEqualTo(headers);
  }
}
