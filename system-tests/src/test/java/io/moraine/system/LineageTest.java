package io.moraine.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.lineage.OpenLineageRun;
import io.moraine.events.lineage.OpenLineageRun.Transition;
import io.moraine.events.run.Outcome;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.RunName;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a version comes from is known from run events alone. */
class LineageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final RunningStack stack = SystemStack.up();
  private final Rest rest = stack.rest();
  private final Datasets datasets = new Datasets(rest);

  @Test
  void aRunJoinsWhatItReadAndWhatItWroteBothWays() throws Exception {
    String input = datasets.create("lineage-in");
    String read = datasets.committed(input, Map.of("a", "1".getBytes(UTF_8)));
    String output = datasets.create("lineage-out");
    try (Engine engine = new Engine(stack.settings(), rest);
        EventLog log = new EventLog(stack.settings())) {
      Runs runs = new Runs(rest, engine);
      RunName run = runs.start(input, output);
      Files.writeString(runs.awaitMounts(run).get("/outputs/model").resolve("weights"), "trained");
      runs.finish(run, Outcome.SUCCEEDED);
      runs.awaitEnd(run, "succeeded");
      String written = datasets.committedVersions(output).get(0).get("version").textValue();

      for (String[] way : List.of(new String[] {input, read}, new String[] {output, written})) {
        JsonNode graph = awaitEnded(way[0], way[1]);
        assertThat(graph.findValuesAsText("version")).contains(read, written);
        JsonNode job = graph.at("/jobs/0");
        assertThat(job.get("run").textValue()).isEqualTo(run.text());
        assertThat(job.get("state").textValue()).isEqualTo("succeeded");
        assertThat(job.at("/reads/0/version").textValue()).isEqualTo(read);
        assertThat(job.at("/writes/0/version").textValue()).isEqualTo(written);
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(log.of(OpenLineageRun.class))
                      .filteredOn(e -> e.job().name().equals(run + ".main"))
                      .extracting(OpenLineageRun::eventType)
                      .containsExactly(Transition.START, Transition.COMPLETE));
    }
  }

  private JsonNode awaitEnded(String dataset, String version) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/datasets/%s/versions/%s/lineage".formatted(dataset, version))
                    .ok()
                    .json(),
            graph -> graph.at("/jobs/0").hasNonNull("endedAt"));
  }
}
