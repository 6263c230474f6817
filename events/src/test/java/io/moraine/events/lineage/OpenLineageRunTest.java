package io.moraine.events.lineage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.events.EventCodec;
import io.moraine.events.lineage.OpenLineageRun.Dataset;
import io.moraine.events.lineage.OpenLineageRun.Transition;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenLineageRunTest {
  private static final TeamId TEAM = TeamId.random();
  private static final DatasetId RAW = DatasetId.random();
  private static final DatasetId MODEL = DatasetId.random();
  private static final VersionId READ = VersionId.random();
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final EventCodec codec = new EventCodec();

  @Test
  void theClientOfOpenLineageReadsWhatWeWrite() {
    OpenLineage.RunEvent read =
        OpenLineageClientUtils.runEventFromJson(
            new String(codec.encode(event(Transition.START, 1)), UTF_8));

    assertThat(read.getEventType()).isEqualTo(OpenLineage.RunEvent.EventType.START);
    assertThat(read.getEventTime().toInstant()).isEqualTo(NOW);
    assertThat(read.getSchemaURL().toString()).endsWith("2-0-2/OpenLineage.json#/$defs/RunEvent");
    assertThat(read.getJob().getNamespace()).isEqualTo("moraine://" + TEAM);
    assertThat(read.getJob().getName()).isEqualTo("r-17.train");
    assertThat(read.getRun().getFacets().getParent().getJob().getName()).isEqualTo("r-17");
    assertThat(read.getInputs())
        .singleElement()
        .satisfies(
            input -> {
              assertThat(input.getName()).isEqualTo(RAW.text());
              assertThat(input.getFacets().getVersion().getDatasetVersion()).isEqualTo(READ.text());
            });
    assertThat(read.getOutputs())
        .singleElement()
        .satisfies(output -> assertThat(output.getName()).isEqualTo(MODEL.text()));
  }

  @Test
  void anAttemptHasOneRunIdAndAnotherAttemptAnother() {
    OpenLineageRun start = event(Transition.START, 1);

    assertThat(event(Transition.COMPLETE, 1).key()).isEqualTo(start.key());
    assertThat(event(Transition.START, 2).key()).isNotEqualTo(start.key());
    assertThat(start.team()).isEqualTo(TEAM);
  }

  private static OpenLineageRun event(Transition transition, int attempt) {
    return OpenLineageRun.of(
        transition,
        NOW,
        TEAM,
        new RunName("r-17"),
        new RunName("train"),
        attempt,
        List.of(Dataset.of(TEAM, RAW, Optional.of(READ))),
        List.of(Dataset.of(TEAM, MODEL, Optional.empty())));
  }
}
