package io.moraine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.EventHeaders;
import io.moraine.events.lineage.OpenLineageRun;
import io.moraine.events.lineage.OpenLineageRun.Transition;
import io.moraine.events.run.InputSpec;
import io.moraine.events.run.JobFinished;
import io.moraine.events.run.JobSpec;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.OutputSpec;
import io.moraine.events.run.RunFinished;
import io.moraine.events.run.RunQueued;
import io.moraine.events.run.RunStarted;
import io.moraine.events.run.SpecType;
import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.Mount;
import io.moraine.events.volume.RunRejected;
import io.moraine.events.volume.VolumeEvent;
import io.moraine.events.volume.VolumeProvisioned;
import io.moraine.events.volume.VolumeReleased;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Neighbours.class)
class VolumeServiceTest {
  private static final RunName RAW = new RunName("raw");
  private static final RunName MODEL = new RunName("model");
  private static final RunName SCRATCH = new RunName("scratch");
  private static final RunName STORAGE = new RunName("storage");

  private static EventLog log;

  private TestTeam team;
  private RunName run;

  @BeforeAll
  static void listen() {
    // Patient: the machine may build other things at the same time.
    Awaitility.setDefaultTimeout(Duration.ofSeconds(40));
    log = new EventLog(TestTeam.settings());
  }

  @AfterAll
  static void stopListening() {
    log.close();
    assertThat(log.unreadable()).as("every event of ours fits its schema").isEmpty();
  }

  @BeforeEach
  void makeTeam() {
    team = TestTeam.create();
    run = new RunName("r-" + UUID.randomUUID());
  }

  @AfterEach
  void closeTeam() {
    team.close();
  }

  @Test
  void aRunBecomesAVersionAndLeavesNothingElse() throws IOException {
    String raw = trainingData();

    team.engine().tell(started());
    Map<RunName, Mount> mounts = ready(RunName.MAIN);

    assertThat(mounts.keySet()).containsExactlyInAnyOrder(RAW, MODEL, SCRATCH, STORAGE);
    assertThat(mounts.get(RAW))
        .returns("/inputs/raw", Mount::path)
        .returns(true, Mount::readOnly)
        .satisfies(m -> assertThat(m.ref().orElseThrow()).endsWith(":" + raw));
    assertThat(mounts.get(MODEL))
        .returns("/outputs/model", Mount::path)
        .returns(false, Mount::readOnly);
    assertThat(mounts.get(SCRATCH))
        .returns("/outputs/scratch", Mount::path)
        .returns(false, Mount::readOnly);
    assertThat(mounts.get(STORAGE))
        .returns("/storage", Mount::path)
        .returns(false, Mount::readOnly);
    assertThat(directory(mounts, RAW).resolve("a/one.txt")).hasContent("one");
    assertThat(mountsByRest("main")).isEqualTo(List.copyOf(mountsOf(RunName.MAIN)));
    assertThat(holders("faces", raw)).containsExactly("run:" + run + ":main:raw");
    assertThat(volumePhases())
        .containsExactlyInAnyOrder("storage provisioned", "scratch provisioned");

    Files.writeString(directory(mounts, MODEL).resolve("weights"), "trained");
    Files.writeString(directory(mounts, SCRATCH).resolve("checkpoint"), "gone soon");
    Files.writeString(directory(mounts, STORAGE).resolve("notes"), "kept");
    team.engine().tell(new RunFinished(team.id(), run, Outcome.SUCCEEDED));
    awaitState("succeeded");

    JsonNode output = output("model");
    assertThat(output.get("state").textValue()).isEqualTo("stored");
    JsonNode version =
        team.rest()
            .get("/datasets/model/versions/" + output.get("version").textValue())
            .ok()
            .json();
    assertThat(version.get("isCommitted").booleanValue()).isTrue();
    assertThat(version.at("/origin/run").textValue()).isEqualTo(run.text());
    assertThat(version.get("message").textValue()).isEqualTo("trained on faces");
    assertThat(team.rest().get("/datasets/ref/model:candidate").ok().text())
        .contains(output.get("version").textValue());
    assertThat(text("model", output.get("version").textValue(), "weights")).isEqualTo("trained");
    assertThat(holders("faces", raw)).isEmpty();
    assertThat(directory(mounts, SCRATCH)).doesNotExist();
    assertThat(directory(mounts, STORAGE).resolve("notes")).hasContent("kept");
    assertThat(volumePhases()).containsExactly("storage provisioned");
  }

  @Test
  void whatIsToldTwiceOrTooLateChangesNothing() throws IOException {
    trainingData();
    RunStarted started = started();
    team.engine().tell(queued(started));
    team.engine().tell(started);
    Map<RunName, Mount> mounts = ready(RunName.MAIN);
    team.engine().tell(started);
    Files.writeString(directory(mounts, MODEL).resolve("weights"), "trained");
    RunFinished succeeded = new RunFinished(team.id(), run, Outcome.SUCCEEDED);
    team.engine().tell(succeeded);
    awaitState("succeeded");
    String version = output("model").get("version").textValue();

    team.engine().tell(succeeded);
    team.engine().tell(started);
    team.engine().tell(new RunFinished(team.id(), run, Outcome.FAILED));
    awaitHeard();

    assertThat(team.state(run.text())).isEqualTo("succeeded");
    assertThat(output("model").get("version").textValue()).isEqualTo(version);
    assertThat(told(JobReady.class)).hasSize(1);
    assertThat(told(VolumeProvisioned.class)).hasSize(1);
    await().untilAsserted(() -> assertThat(told(VolumeReleased.class)).hasSize(1));
    assertThat(
            team.rest()
                .get(
                    "/datasets/model/versions?filter[where][isCommitted]=true"
                        .replace("[", "%5B")
                        .replace("]", "%5D"))
                .ok()
                .json())
        .hasSize(1);
  }

  @Test
  void aJobReadsExactlyWhatTheJobBeforeItWrote() throws IOException {
    trainingData();
    RunName train = new RunName("train");
    RunName check = new RunName("check");
    team.engine()
        .tell(
            started(
                List.of(
                    new JobSpec(
                        train,
                        List.of(),
                        Map.of(RAW, dataset("faces")),
                        Map.of(MODEL, become("model"), SCRATCH, volume())),
                    new JobSpec(
                        check,
                        List.of(),
                        Map.of(
                            MODEL, from(SpecType.DATASET, "train.model"),
                            SCRATCH, from(SpecType.VOLUME, "train.scratch")),
                        Map.of()))));
    Map<RunName, Mount> first = ready(train);
    assertThat(team.rest().get("/runs/" + run + "/mounts?job=check").status()).isEqualTo(409);
    assertThat(team.run(run.text()).at("/jobs/1/state").textValue()).isEqualTo("waiting");

    Files.writeString(directory(first, MODEL).resolve("weights"), "trained");
    Files.writeString(directory(first, SCRATCH).resolve("left"), "behind");
    team.engine().tell(new JobFinished(team.id(), run, train, 1, Outcome.SUCCEEDED));
    Map<RunName, Mount> second = ready(check);

    assertThat(second.get(MODEL).readOnly()).isTrue();
    assertThat(directory(second, MODEL).resolve("weights")).hasContent("trained");
    assertThat(second.get(MODEL).ref().orElseThrow())
        .endsWith(":" + output("model").get("version").textValue());
    assertThat(second.get(SCRATCH))
        .returns("/inputs/scratch", Mount::path)
        .returns(true, Mount::readOnly);
    assertThat(directory(second, SCRATCH).resolve("left")).hasContent("behind");

    team.engine().tell(new JobFinished(team.id(), run, check, 1, Outcome.SUCCEEDED));
    team.engine().tell(new RunFinished(team.id(), run, Outcome.SUCCEEDED));
    awaitState("succeeded");
    assertThat(directory(second, SCRATCH)).doesNotExist();
  }

  @Test
  void aFailedRunCommitsNothing() throws IOException {
    String raw = trainingData();
    team.engine().tell(started());
    Map<RunName, Mount> mounts = ready(RunName.MAIN);
    Files.writeString(directory(mounts, MODEL).resolve("weights"), "half trained");

    team.engine().tell(new RunFinished(team.id(), run, Outcome.FAILED));
    awaitState("failed");

    assertThat(output("model").get("state").textValue()).isEqualTo("discarded");
    assertThat(team.rest().get("/datasets/ref/model").status()).isEqualTo(404);
    assertThat(holders("faces", raw)).isEmpty();
    assertThat(directory(mounts, SCRATCH)).doesNotExist();
  }

  @Test
  void anOutputThatCannotBeSealedFailsTheRunByName() throws IOException {
    trainingData();
    team.engine().tell(started());
    Map<RunName, Mount> mounts = ready(RunName.MAIN);
    Files.createSymbolicLink(directory(mounts, MODEL).resolve("escape"), Path.of("/etc/passwd"));

    team.engine().tell(new RunFinished(team.id(), run, Outcome.SUCCEEDED));
    awaitState("failed");

    assertThat(team.run(run.text()).get("reasons").toString()).contains("model").contains("escape");
    assertThat(directory(mounts, SCRATCH)).doesNotExist();
  }

  @Test
  void aRunWaitsForRoomInTheCache() {
    // There is room for one of two versions, and somebody reads the other.
    team.rest().putJson("/cache", "{\"limitBytes\": 5}").ok();
    team.dataset("other");
    String other = cached("other", team.version("other", "b", "12345"));
    team.rest().putJson(other + "/pins/me", "{\"expiresInSeconds\": 3600}").ok();
    await().until(() -> cacheState(other).equals("cached"));

    String raw = cached("faces", trainingData());
    team.engine().tell(started());
    await().until(() -> !team.rest().get(raw).json().at("/pins/0").isMissingNode());
    await().until(() -> cacheState(raw).equals("waiting"));
    assertThat(team.state(run.text())).isEqualTo("preparing");
    team.rest().delete(other + "/pins/me").ok();

    ready(RunName.MAIN);
    assertThat(cacheState(raw)).isEqualTo("cached");
  }

  private String cached(String dataset, String version) {
    String id = team.rest().get("/datasets/" + dataset).ok().json().get("id").textValue();
    return "/cache/versions/" + id + "/" + version;
  }

  private String cacheState(String version) {
    Rest.Answer answer = team.rest().get(version);
    return answer.status() == 404 ? "none" : answer.ok().json().get("state").textValue();
  }

  @Test
  void whatAJobReadAndWroteIsToldOnceItHasEnded() throws IOException {
    String raw = trainingData();
    team.engine().tell(started());
    Map<RunName, Mount> mounts = ready(RunName.MAIN);
    Files.writeString(directory(mounts, MODEL).resolve("weights"), "trained");
    RunFinished succeeded = new RunFinished(team.id(), run, Outcome.SUCCEEDED);
    team.engine().tell(succeeded);
    awaitState("succeeded");
    team.engine().tell(succeeded);
    awaitHeard();

    await().untilAsserted(() -> assertThat(lineage()).hasSize(2));
    JsonNode model = output("model");
    JobEnded end = onlyEnd();
    assertThat(end.outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(end.engine()).contains("test");
    assertThat(end.inputs())
        .singleElement()
        .returns(RAW, JobEnded.Input::name)
        .returns(raw, input -> input.version().text());
    assertThat(end.outputs())
        .singleElement()
        .returns(MODEL, JobEnded.Output::name)
        .returns(model.get("version").textValue(), output -> output.version().orElseThrow().text())
        .returns(model.get("digest").textValue(), output -> output.digest().orElseThrow().hex());
    assertThat(end.startedAt()).hasValueSatisfying(at -> assertThat(at).isBefore(end.endedAt()));
    assertThat(lineage())
        .extracting(OpenLineageRun::eventType)
        .containsExactly(Transition.START, Transition.COMPLETE);
    assertThat(lineage()).extracting(OpenLineageRun::key).containsOnly(lineage().get(0).key());
    assertThat(lineage().get(0).outputs()).singleElement().matches(o -> o.facets().isEmpty());
    assertThat(lineage().get(1).outputs())
        .singleElement()
        .returns(
            model.get("version").textValue(),
            output -> output.facets().orElseThrow().version().datasetVersion());
    assertThat(lineage().get(1).inputs())
        .singleElement()
        .returns(raw, input -> input.facets().orElseThrow().version().datasetVersion());
  }

  @Test
  void aJobThatFailsOrNeverStartsEndsWithoutVersions() {
    trainingData();
    team.engine().tell(started());
    ready(RunName.MAIN);
    team.engine().tell(new RunFinished(team.id(), run, Outcome.FAILED));
    awaitState("failed");
    await().untilAsserted(() -> assertThat(lineage()).hasSize(2));
    assertThat(onlyEnd().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(onlyEnd().outputs()).singleElement().matches(o -> o.version().isEmpty());
    assertThat(lineage().get(1).eventType()).isEqualTo(Transition.FAIL);

    run = new RunName("r-" + UUID.randomUUID());
    team.engine()
        .tell(
            started(
                List.of(
                    new JobSpec(
                        new RunName("train"),
                        List.of(),
                        Map.of(RAW, dataset("faces"), MODEL, dataset("nothing")),
                        Map.of()))));
    awaitState("rejected");
    await().untilAsserted(() -> assertThat(ends()).hasSize(1));
    assertThat(onlyEnd().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(onlyEnd().startedAt()).isEmpty();
    assertThat(lineage()).isEmpty();
  }

  @Test
  void aRunThatCanNeverBeReadyIsRejectedWithEveryReason() {
    team.engine().tell(started());

    awaitState("rejected");

    List<String> reasons = awaitReasons();
    assertThat(reasons)
        .anyMatch(reason -> reason.contains("raw") && reason.contains("faces"))
        .anyMatch(reason -> reason.contains("Output model") && reason.contains("model"));
    assertThat(told(RunRejected.class)).hasSize(1);
    assertThat(told(JobReady.class)).isEmpty();
    assertThat(team.run(run.text()).get("reasons")).hasSize(reasons.size());
    assertThat(volumePhases()).isEmpty();
  }

  @Test
  void whatIsWrongWhateverExistsIsRejectedAtOnce() {
    team.engine()
        .tell(
            started(
                List.of(
                    new JobSpec(
                        new RunName("a"),
                        List.of(new RunName("nobody")),
                        Map.of(RAW, from(SpecType.DATASET, "b.none")),
                        Map.of(MODEL, become("model:v1"))))));

    awaitState("rejected");

    assertThat(awaitReasons()).hasSize(3);
  }

  @Test
  void aFinishBeforeTheStartIsTheEnd() {
    team.engine().tell(new RunFinished(team.id(), run, Outcome.CANCELLED));
    awaitState("cancelled");

    team.engine().tell(started());
    awaitHeard();

    assertThat(team.state(run.text())).isEqualTo("cancelled");
    assertThat(told(JobReady.class)).isEmpty();
    assertThat(told(RunRejected.class)).isEmpty();
  }

  @Test
  void anotherRegionsRunIsNotOurs() {
    RunStarted here = started();
    team.engine()
        .tell(
            new RunStarted(
                here.team(),
                "elsewhere",
                here.run(),
                "",
                here.inputs(),
                here.outputs(),
                List.of()));
    awaitHeard();

    assertThat(team.state(run.text())).isEqualTo("none");
  }

  @Test
  void whatCannotBeBelievedOrReadIsADeadLetterAndTheNextEventIsHeard() {
    try (TestTeam stranger = TestTeam.create()) {
      stranger.engine().tell(new RunFinished(team.id(), run, Outcome.SUCCEEDED));
    }
    send("io.moraine.run.RunFinished.v1", "{no json");
    send("io.moraine.run.RunExploded.v1", "{}");
    send(
        "io.moraine.run.RunFinished.v1",
        "{\"team\": \"" + team.id() + "\", \"run\": \"" + run + "\"}");
    team.engine().tell(new RunFinished(team.id(), run, Outcome.CANCELLED));

    awaitState("cancelled");
    await().untilAsserted(() -> assertThat(deadLetterReasons()).hasSize(4));
    assertThat(deadLetterReasons())
        .anyMatch(reason -> reason.contains("another team"))
        .anyMatch(reason -> reason.contains("no JSON"))
        .anyMatch(reason -> reason.contains("RunExploded"))
        .anyMatch(reason -> reason.contains("outcome"));
  }

  @Test
  void anotherTeamSeesNothing() {
    team.engine().tell(new RunFinished(team.id(), run, Outcome.CANCELLED));
    awaitState("cancelled");

    try (TestTeam stranger = TestTeam.create()) {
      assertThat(stranger.rest().get("/runs/" + run).status()).isEqualTo(404);
      assertThat(stranger.rest().get("/runs/" + run + "/mounts").status()).isEqualTo(404);
      assertThat(stranger.rest().get("/runs").ok().json().get("items")).isEmpty();
      assertThat(stranger.rest().get("/volumes").ok().json().get("items")).isEmpty();
    }
    assertThat(team.rest().as("mk_nobody").get("/runs/" + run).status()).isEqualTo(401);
    assertThat(team.rest().get("/runs/..%2F").status()).isEqualTo(400);
    assertThat(team.rest().get("/runs?limit=0").status()).isEqualTo(400);
    assertThat(team.rest().get("/volumes?limit=many").status()).isEqualTo(400);
    assertThat(team.rest().get("/runs").ok().json().at("/items/0/run").textValue())
        .isEqualTo(run.text());
  }

  @Test
  void servesMetricsAndHealth() {
    RestAssured.port = TestTeam.settings().port("MORAINE_VOLUME_PORT");

    assertThat(RestAssured.get("/q/health/ready").statusCode()).isEqualTo(200);
    assertThat(RestAssured.get("/q/metrics").asString())
        .contains("moraine_volumes{phase=\"provisioned\"")
        .contains("moraine_runs{state=\"ready\"");
  }

  // What the engine tells.

  private RunStarted started() {
    return new RunStarted(
        team.id(),
        "local",
        run,
        "test",
        Map.of(RAW, dataset("faces:latest")),
        Map.of(MODEL, become("model"), SCRATCH, volume()),
        List.of());
  }

  private RunStarted started(List<JobSpec> jobs) {
    return new RunStarted(team.id(), "local", run, "test", Map.of(), Map.of(), jobs);
  }

  private static RunQueued queued(RunStarted run) {
    return new RunQueued(
        run.team(), run.region(), run.run(), run.engine(), run.inputs(), run.outputs(), run.jobs());
  }

  private static InputSpec dataset(String ref) {
    return new InputSpec(
        SpecType.DATASET, Optional.of(DatasetRef.parse(ref)), Optional.empty(), List.of());
  }

  private static InputSpec from(SpecType type, String output) {
    return new InputSpec(type, Optional.empty(), Optional.of(output), List.of());
  }

  private static OutputSpec become(String ref) {
    return new OutputSpec(
        SpecType.DATASET,
        Optional.of(DatasetRef.parse(ref)),
        Optional.of("trained on faces"),
        List.of(new TagName("candidate")),
        OptionalLong.empty());
  }

  private static OutputSpec volume() {
    return new OutputSpec(
        SpecType.VOLUME, Optional.empty(), Optional.empty(), List.of(), OptionalLong.of(1L << 30));
  }

  private void send(String type, String payload) {
    EventHeaders headers =
        new EventHeaders(
            UUID.randomUUID().toString(),
            "/test",
            type,
            Instant.now(),
            run.text(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.of(team.engine().token()));
    team.engine().send(run.text(), headers.toMap(), payload.getBytes(StandardCharsets.UTF_8));
  }

  // What there is.

  /** The version of {@code faces} that runs read; {@code model} has none. */
  private String trainingData() {
    team.dataset("faces");
    team.dataset("model");
    return team.version("faces", "a/one.txt", "one");
  }

  private void awaitState(String state) {
    await().untilAsserted(() -> assertThat(team.state(run.text())).isEqualTo(state));
  }

  /** Everything that was told of this run is heard when a later event of the same key is. */
  private void awaitHeard() {
    try (TestTeam other = TestTeam.create()) {
      other.engine().tell(new RunFinished(other.id(), run, Outcome.CANCELLED));
      await().until(() -> other.state(run.text()).equals("cancelled"));
    }
  }

  /** What was told of the team's runs so far. */
  private <T extends VolumeEvent> List<T> told(Class<T> kind) {
    return log.of(kind).stream().filter(e -> e.team().equals(team.id())).toList();
  }

  private List<JobEnded> ends() {
    return told(JobEnded.class).stream().filter(e -> e.run().equals(run)).toList();
  }

  private JobEnded onlyEnd() {
    assertThat(ends()).hasSize(1);
    return ends().get(0);
  }

  /** What collectors of lineage were told of this run. */
  private List<OpenLineageRun> lineage() {
    return log.of(OpenLineageRun.class).stream()
        .filter(e -> e.team().equals(team.id()) && e.job().name().startsWith(run + "."))
        .toList();
  }

  private List<String> awaitReasons() {
    await().until(() -> !told(RunRejected.class).isEmpty());
    return told(RunRejected.class).get(0).reasons();
  }

  private Map<RunName, Mount> ready(RunName job) {
    await().until(() -> log.of(JobReady.class).stream().anyMatch(e -> isOf(e, job)));
    return mountsOf(job).stream()
        .collect(java.util.stream.Collectors.toMap(Mount::name, mount -> mount));
  }

  private List<Mount> mountsOf(RunName job) {
    return log.of(JobReady.class).stream()
        .filter(e -> isOf(e, job))
        .findFirst()
        .orElseThrow()
        .mounts();
  }

  private boolean isOf(JobReady event, RunName job) {
    return event.team().equals(team.id()) && event.run().equals(run) && event.job().equals(job);
  }

  private List<Mount> mountsByRest(String job) {
    return java.util.stream.StreamSupport.stream(
            team.rest()
                .get("/runs/" + run + "/mounts?job=" + job)
                .ok()
                .json()
                .get("mounts")
                .spliterator(),
            false)
        .map(
            mount ->
                new Mount(
                    new RunName(mount.get("name").textValue()),
                    mount.get("path").textValue(),
                    mount.get("source").textValue(),
                    mount.get("readOnly").booleanValue(),
                    Optional.ofNullable(mount.get("ref")).map(JsonNode::textValue)))
        .toList();
  }

  private static Path directory(Map<RunName, Mount> mounts, RunName name) {
    return Path.of(mounts.get(name).source());
  }

  /** An output of the run's first job. */
  private JsonNode output(String name) {
    for (JsonNode output : team.run(run.text()).at("/jobs/0/outputs")) {
      if (output.get("name").textValue().equals(name)) {
        return output;
      }
    }
    throw new AssertionError("no output " + name);
  }

  private List<String> holders(String dataset, String version) {
    return team.rest()
        .get("/datasets/" + dataset + "/versions/" + version + "/holds")
        .ok()
        .json()
        .findValuesAsText("holder");
  }

  private String text(String dataset, String version, String path) {
    return team.rest()
        .get("/datasets/" + dataset + "/versions/" + version + "/files/" + path)
        .ok()
        .text();
  }

  private List<String> volumePhases() {
    List<String> phases = new java.util.ArrayList<>();
    team.rest()
        .get("/volumes")
        .ok()
        .json()
        .get("items")
        .forEach(v -> phases.add(v.get("name").textValue() + " " + v.get("phase").textValue()));
    return phases;
  }

  private List<String> deadLetterReasons() {
    return log.deadLetters().stream()
        .filter(letter -> run.text().equals(letter.key()))
        .map(letter -> letter.headers().get("dead-letter-reason"))
        .toList();
  }
}
