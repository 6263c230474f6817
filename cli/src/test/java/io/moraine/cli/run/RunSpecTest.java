package io.moraine.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.events.EventCodec;
import io.moraine.events.run.RunStarted;
import io.moraine.events.run.SpecType;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunSpecTest {
  @Test
  void becomesAnEventThatFitsItsSchemaAndSaysTheSame() throws Exception {
    RunSpec spec =
        new RunSpec(
            new RunName("r-1"),
            Map.of(new RunName("raw"), DatasetRef.parse("faces:prod")),
            Map.of(new RunName("model"), DatasetRef.parse("faces-model")),
            Set.of(new RunName("scratch")),
            Optional.of("learnt"),
            List.of(new TagName("candidate")));
    EventCodec codec = new EventCodec();

    byte[] payload = codec.encode(spec.started(TeamId.random()));
    RunStarted read = (RunStarted) codec.decode("io.moraine.run.RunStarted.v1", payload);

    assertThat(read.effectiveJobs()).hasSize(1);
    assertThat(read.inputs().get(new RunName("raw")).ref())
        .contains(DatasetRef.parse("faces:prod"));
    assertThat(read.outputs().get(new RunName("model")))
        .satisfies(
            output -> {
              assertThat(output.type()).isEqualTo(SpecType.DATASET);
              assertThat(output.message()).contains("learnt");
              assertThat(output.tags()).containsExactly(new TagName("candidate"));
            });
    assertThat(read.outputs().get(new RunName("scratch")).type()).isEqualTo(SpecType.VOLUME);
  }

  @Test
  void namesMadeForRunsDifferAndAreNames() {
    assertThat(List.of(RunNames.next(), RunNames.next(), RunNames.next())).doesNotHaveDuplicates();
  }
}
