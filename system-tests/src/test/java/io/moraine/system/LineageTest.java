package io.moraine.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.lineage.OpenLineageRun;
import io.moraine.events.lineage.OpenLineageRun.Transition;
import io.moraine.events.run.JobFinished;
import io.moraine.events.run.Outcome;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Where a version comes from is known from run events alone. */
class LineageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final RunningStack stack = SystemStack.up();
  private final Rest rest = stack.rest();
  private final Datasets datasets = new Datasets(rest);
  private final TeamId team = new TeamId(rest.team());

  /** A version, and what leads to its lineage. */
  private record Made(String dataset, String version) {
    String lineage() {
      return "/datasets/%s/versions/%s/lineage".formatted(dataset, version);
    }
  }

  @Test
  void runsJoinWhatTheyReadAndWroteUpAndDownTheGraph() throws IOException {
    Made raw = raw();
    try (Engine engine = new Engine(stack.settings(), rest);
        EventLog log = new EventLog(stack.settings())) {
      Runs runs = new Runs(rest, engine);
      Made report = raw;
      List<RunName> made = new ArrayList<>();
      for (String name : List.of("lineage-model", "lineage-report")) {
        String output = datasets.create(name);
        made.add(succeed(runs, report.dataset(), output));
        report =
            new Made(output, datasets.committedVersions(output).get(0).get("version").textValue());
      }

      JsonNode down = awaitEnded(raw.lineage() + "?direction=down", 2);
      JsonNode up = awaitEnded(report.lineage() + "?direction=up", 2);
      assertThat(down.findValuesAsText("run")).isEqualTo(texts(made));
      assertThat(up.findValuesAsText("run")).containsExactlyInAnyOrderElementsOf(texts(made));
      for (JsonNode graph : List.of(down, up)) {
        assertThat(graph.get("versions").findValuesAsText("version"))
            .hasSize(3)
            .contains(raw.version(), report.version());
        assertThat(graph.get("versions").findValuesAsText("state")).containsOnly("committed");
        assertThat(graph.get("jobs").findValuesAsText("state")).containsOnly("succeeded");
      }
      assertThat(down.at("/jobs/0/reads/0/version").textValue()).isEqualTo(raw.version());
      assertThat(down.at("/jobs/1/writes/0/version").textValue()).isEqualTo(report.version());
      assertThat(down.at("/jobs/1/reads/0/version").textValue())
          .isEqualTo(down.at("/jobs/0/writes/0/version").textValue());
      assertThat(awaitEnded(raw.lineage() + "?direction=down&depth=1", 1).get("versions"))
          .hasSize(2);
      for (RunName run : made) {
        awaitOnly(log, run, Transition.START, Transition.COMPLETE);
      }
      assertThat(log.unreadable()).isEmpty();

      whatIsDeletedStaysAsGone(raw, report);
    }
  }

  /** A run that reads the one dataset, writes the other, and is told twice that it has ended. */
  private RunName succeed(Runs runs, String input, String output) throws IOException {
    RunName run = runs.start(input, output);
    Files.writeString(runs.awaitMounts(run).get("/outputs/model").resolve("made-by"), run.text());
    runs.finish(run, Outcome.SUCCEEDED);
    runs.finish(run, Outcome.SUCCEEDED);
    runs.awaitEnd(run, "succeeded");
    return run;
  }

  private void whatIsDeletedStaysAsGone(Made raw, Made report) {
    Rest stranger = stranger();
    assertThat(stranger.get(raw.lineage()).status()).isEqualTo(404);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.delete("/datasets/%s/versions/%s".formatted(raw.dataset(), raw.version()))
                    .status(),
            status -> status == 204);

    JsonNode up = rest.get(report.lineage() + "?direction=up").ok().json();
    assertThat(up.get("versions"))
        .filteredOn(version -> version.get("version").textValue().equals(raw.version()))
        .singleElement()
        .returns("gone", version -> version.get("state").textValue());
    assertThat(rest.get(raw.lineage()).ok().json().at("/versions/0/state").textValue())
        .isEqualTo("gone");
    assertThat(stranger.get(raw.lineage()).status()).isEqualTo(404);
  }

  /**
   * The first end counts; what an engine tells of further attempts changes nothing that was told.
   */
  @Test
  void aJobThatWasTriedAgainEndsOnceAsItsFirstAttemptDid() {
    Made raw = raw();
    try (Engine engine = new Engine(stack.settings(), rest);
        EventLog log = new EventLog(stack.settings())) {
      Runs runs = new Runs(rest, engine);
      RunName run = runs.start(raw.dataset(), datasets.create("lineage-out"));
      runs.awaitMounts(run);
      engine.tell(new JobFinished(team, run, RunName.MAIN, 1, Outcome.FAILED));
      engine.tell(new JobFinished(team, run, RunName.MAIN, 2, Outcome.SUCCEEDED));
      runs.finish(run, Outcome.FAILED);
      runs.awaitEnd(run, "failed");

      JsonNode job = awaitEnded(raw.lineage(), 1).at("/jobs/0");
      assertThat(job.get("state").textValue()).isEqualTo("failed");
      assertThat(job.get("reads")).hasSize(1);
      assertThat(job.get("writes")).isEmpty();
      awaitOnly(log, run, Transition.START, Transition.FAIL);
    }
  }

  private Made raw() {
    String dataset = datasets.create("lineage-raw");
    return new Made(dataset, datasets.committed(dataset, Map.of("a", "1".getBytes(UTF_8))));
  }

  private Rest stranger() {
    JsonNode made =
        rest.post("/teams", "{\"name\":\"lineage-%s\"}".formatted(UUID.randomUUID())).ok().json();
    return rest.as(made.at("/key/key").textValue());
  }

  private static List<String> texts(List<RunName> runs) {
    return runs.stream().map(RunName::text).toList();
  }

  /** The graph once it has so many jobs, all of which have ended. */
  private JsonNode awaitEnded(String lineage, int jobs) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> rest.get(lineage).ok().json(),
            graph ->
                graph.get("jobs").size() == jobs
                    && graph.get("jobs").findValues("endedAt").size() == jobs);
  }

  /** One OpenLineage run is told of, and each of these once. */
  private static void awaitOnly(EventLog log, RunName run, Transition... transitions) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(told(log, run))
                    .extracting(OpenLineageRun::eventType)
                    .containsExactly(transitions));
    assertThat(told(log, run))
        .extracting(OpenLineageRun::key)
        .containsOnly(told(log, run).get(0).key());
  }

  private static List<OpenLineageRun> told(EventLog log, RunName run) {
    return log.of(OpenLineageRun.class).stream()
        .filter(event -> event.job().name().equals(run + ".main"))
        .toList();
  }
}
