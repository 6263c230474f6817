package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moraine.events.run.JobFinished;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.RunFinished;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workflows that the unmodified client of Gradient starts, and a program ends that knows Kafka and
 * paths alone.
 */
class GradientWorkflowTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final RunName TRAIN = new RunName("train");
  private static final RunName TEST = new RunName("test");

  @TempDir private Path temporary;
  private final RunningStack stack = SystemStack.up();
  private GradientTeam team;
  private TeamId teamId;
  private String version;
  private String workflow;

  @BeforeEach
  void makeWorkflow() throws IOException {
    team = GradientTeam.create(stack, temporary.resolve("home"));
    teamId = new TeamId(team.id());
    String dataset = team.createDataset("faces");
    version = team.createVersion(dataset, "first");
    Path file = RandomFiles.write(temporary, "a", 10);
    team.run("datasets", "files", "put", "--id", version, "--source-path", file.toString());
    team.run("datasets", "versions", "commit", "--id", version);
    team.createDataset("models");
    workflow =
        GradientTeam.found(
            team.run("workflows", "create", "--name", "nightly", "--projectId", "p1"),
            "([0-9a-f]{8}-[0-9a-f-]{27})");
  }

  @Test
  void aRunThatSucceedsShowsWhatItReadAndWrote() throws IOException {
    RunName run = run(TWO_JOBS);
    assertThat(team.run("workflows", "list", "--projectId", "p1")).contains("nightly", workflow);
    assertThat(team.run("workflows", "list", "--projectId", "p2")).contains("No data found");
    assertThat(team.run("workflows", "get", "--id", workflow)).contains("nightly", workflow);
    assertThat(runs()).containsPattern("\\| 1 +\\| local +\\| (PENDING|RUNNING) +\\| wfr");

    try (Engine engine = new Engine(stack.settings(), team.rest())) {
      Path model = mount(run, TRAIN, "/outputs/model");
      assertThat(mount(run, TRAIN, "/inputs/data").resolve("a"))
          .hasSameBinaryContentAs(temporary.resolve("a"));
      awaitRun("\"phase\": \"RUNNING\"");
      Files.writeString(model.resolve("weights"), "trained");
      engine.tell(new JobFinished(teamId, run, TRAIN, 1, Outcome.SUCCEEDED));
      Path read = mount(run, TEST, "/inputs/model");
      assertThat(read.resolve("weights")).hasContent("trained");
      engine.tell(new JobFinished(teamId, run, TEST, 1, Outcome.SUCCEEDED));
      engine.tell(new RunFinished(teamId, run, Outcome.SUCCEEDED));
    }

    awaitPhase("SUCCEEDED");
    String written =
        team.rest().get("/datasets/ref/models").ok().json().at("/version/version").textValue();
    assertThat(show())
        .contains("\"finished\": \"20", "\"id\": \"" + version + "\"")
        .containsPattern("\"id\": \"models:" + written + "\",\\s+\"isCommitted\": true")
        .contains(run.text());
    assertThat(team.run("datasets", "files", "list", "--id", "models:latest"))
        .contains("| weights ");
  }

  @Test
  void aRunWhoseJobFailsFails() throws IOException {
    RunName run = run(TWO_JOBS);
    try (Engine engine = new Engine(stack.settings(), team.rest())) {
      mount(run, TRAIN, "/outputs/model");
      engine.tell(new JobFinished(teamId, run, TRAIN, 1, Outcome.FAILED));
      engine.tell(new RunFinished(teamId, run, Outcome.FAILED));
    }

    awaitPhase("FAILED");
    assertThat(show()).contains("\"finished\": \"20").doesNotContain("\"isCommitted\": true");
    assertThat(team.run("datasets", "files", "list", "--id", "models:latest"))
        .contains("Failed to fetch data: ");
  }

  @Test
  void aRunThatIsCancelledBeforeItsJobsAreReadyFails() throws IOException {
    RunName run = run(TWO_JOBS);
    awaitRun(run.text());
    await().atMost(PATIENCE).until(() -> team.rest().get("/runs/" + run).status() == 200);
    try (Engine engine = new Engine(stack.settings(), team.rest())) {
      engine.tell(new RunFinished(teamId, run, Outcome.CANCELLED));
    }

    awaitPhase("FAILED");
  }

  @Test
  void inputsOfTheRunComeBeforeThoseOfTheSpec() throws IOException {
    Path inputs =
        Files.writeString(temporary.resolve("inputs.yaml"), "raw: {id: \"" + version + "\"}\n");
    Path spec = Files.writeString(temporary.resolve("spec.yaml"), OPEN_INPUT);

    assertThat(team.run("workflows", "run", "--id", workflow, "--path", spec.toString()))
        .contains("Failed to fetch data: Input raw names no dataset");
    assertThat(runs()).contains("No data found");
    assertThat(
            team.run(
                "workflows",
                "run",
                "--id",
                workflow,
                "--path",
                spec.toString(),
                "--inputPath",
                inputs.toString(),
                "--clusterId",
                "local"))
        .contains("Created workflow run wfr");
    awaitRun("\"id\": \"" + version + "\"");
  }

  @Test
  void whatIsNotThereIsSaidInOneLine() throws IOException {
    Path spec =
        Files.writeString(
            temporary.resolve("spec.yaml"), TWO_JOBS.replace("models", "none").formatted("faces"));

    assertThat(team.run("workflows", "run", "--id", workflow, "--path", spec.toString()))
        .contains("Failed to fetch data: There is no dataset none in your team.");
    assertThat(team.run("workflows", "run", "--id", "none", "--path", spec.toString()))
        .contains("Failed to fetch data: There is no workflow none in your team.");
    assertThat(team.run("workflows", "get", "--id", "none"))
        .contains("There is no workflow none in your team.");
    run(TWO_JOBS);
    assertThat(team.run("workflows", "logs", "--id", workflow, "--run", "1"))
        .contains("Failed to fetch data: Moraine keeps no logs of jobs: look at the engine");
  }

  private static final String TWO_JOBS =
      """
      inputs:
        raw: {type: dataset, with: {ref: "%s"}}
      jobs:
        train:
          uses: container@v1
          with: {image: "bash:5", args: ["true"]}
          inputs: {data: workflow.inputs.raw}
          outputs:
            model: {type: dataset, with: {ref: models}}
        test:
          needs: [train]
          uses: container@v1
          with: {image: "bash:5", args: ["true"]}
          inputs: {model: train.outputs.model}
          outputs:
            scratch: {type: volume}
      """;

  private static final String OPEN_INPUT =
      """
      inputs:
        raw: {type: dataset}
      jobs:
        train:
          uses: container@v1
          with: {image: "bash:5", args: ["true"]}
          inputs: {data: workflow.inputs.raw}
      """;

  /** Starts the first run of the workflow; its name among all runs. */
  private RunName run(String spec) throws IOException {
    Path file = Files.writeString(temporary.resolve("spec.yaml"), spec.formatted("faces:latest"));
    assertThat(team.run("workflows", "run", "--id", workflow, "--path", file.toString()))
        .contains("Created workflow run wfr");
    return new RunName("workflow-" + workflow + "-1");
  }

  /** Where a job finds things, once it is ready. */
  private Path mount(RunName run, RunName job, String path) {
    return await(job + " of " + run)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> place(run, job, path), place -> place != null);
  }

  private Path place(RunName run, RunName job, String path) {
    for (var mount :
        team.rest().get("/runs/%s/mounts?job=%s".formatted(run, job)).ok().json().get("mounts")) {
      if (mount.get("path").textValue().equals(path)) {
        return Path.of(mount.get("source").textValue());
      }
    }
    return null;
  }

  private String runs() {
    return team.run("workflows", "get", "--id", workflow, "--show-runs");
  }

  private String show() {
    return team.run("workflows", "get", "--id", workflow, "--show-runs", "--run", "1");
  }

  private void awaitRun(String shown) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(show()).contains(shown));
  }

  private void awaitPhase(String phase) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(runs()).containsPattern("\\| 1 +\\| local +\\| " + phase + " +\\| wfr"));
  }
}
