package io.moraine.dataset.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.events.Event;
import io.moraine.events.run.Outcome;
import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.Mount;
import io.moraine.kit.database.Database;
import io.moraine.kit.outbox.Outbox;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class LineageTest {
  private static final RunName RAW = new RunName("raw");
  private static final RunName MODEL = new RunName("model");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What volume-service tells goes through the outbox of this service here. */
  @Inject Database database;

  @Inject Outbox outbox;

  private final RunName run = new RunName("r-" + UUID.randomUUID());

  @Test
  void aVersionShowsWhatItWasMadeFromAndWhatWasMadeFromIt() {
    TestVersion raw = TestVersion.open().with("a", new byte[] {1}).committed();
    TestVersion model = made(raw, "model", "train");
    TestVersion report = made(model, "report", "check");
    told(ended("train", Outcome.SUCCEEDED, raw, model));
    told(ended("check", Outcome.SUCCEEDED, model, report));
    awaitJobs(raw, "down", 2);

    lineage(model, "?direction=both")
        .body("version", equalTo(model.id()), "truncated", equalTo(false))
        .body("versions.version", contains(model.id(), raw.id(), report.id()))
        .body("versions.name", contains("model", "faces", "report"))
        .body("versions.state", contains("committed", "committed", "committed"))
        .body("jobs.job", contains("train", "check"))
        .body("jobs.state", contains("succeeded", "succeeded"))
        .body("jobs[0].engine", equalTo("argo"))
        .body("jobs[0].reads[0].name", equalTo("raw"))
        .body("jobs[0].reads[0].version", equalTo(raw.id()))
        .body("jobs[0].writes[0].name", equalTo("model"))
        .body("jobs[0].writes[0].version", equalTo(model.id()));
    lineage(model, "?direction=up").body("versions.version", contains(model.id(), raw.id()));
    lineage(model, "?direction=down").body("versions.version", contains(model.id(), report.id()));
    lineage(report, "?direction=up&depth=1")
        .body("versions.version", contains(report.id(), model.id()));
    lineage(report, "?direction=up&depth=2")
        .body("versions.version", contains(report.id(), model.id(), raw.id()));
  }

  @Test
  void aJobThatRunsIsSeenReadingAndItsEndIsToldOnce() {
    TestVersion raw = TestVersion.open().committed();
    told(ready("train", raw));
    awaitJobs(raw, "down", 1);
    lineage(raw, "").body("jobs.state", contains("running"), "jobs[0].endedAt", nullValue());

    JobEnded end = ended("train", Outcome.FAILED, raw, null);
    told(end);
    told(end);
    told(ready("train", raw));
    told(ended("later", Outcome.SUCCEEDED, raw, null));

    awaitJobs(raw, "down", 2);
    lineage(raw, "")
        .body("jobs.find { it.job == 'train' }.state", equalTo("failed"))
        .body("jobs.find { it.job == 'train' }.reads", hasSize(1))
        .body("jobs.find { it.job == 'train' }.writes", empty());
  }

  @Test
  void eachAttemptAtAJobIsShownForItself() {
    TestVersion raw = TestVersion.open().with("a", new byte[] {1}).committed();
    told(ended("train", Outcome.FAILED, raw, null));
    TestVersion model = made(raw, "model", "train", 2);
    told(ended("train", 2, Outcome.SUCCEEDED, raw, model));
    awaitJobs(raw, "down", 2);

    lineage(raw, "")
        .body("jobs.attempt", containsInAnyOrder(1, 2))
        .body("jobs.find { it.attempt == 1 }.state", equalTo("failed"))
        .body("jobs.find { it.attempt == 1 }.writes", empty())
        .body("jobs.find { it.attempt == 2 }.state", equalTo("succeeded"))
        .body("jobs.find { it.attempt == 2 }.writes.version", contains(model.id()));
    lineage(model, "?direction=up").body("jobs.attempt", contains(2));
  }

  /** No job can read what it makes; but whoever tells of it may say so. */
  @Test
  void aCircleEnds() {
    TestVersion raw = TestVersion.open().with("a", new byte[] {1}).committed();
    TestVersion model = made(raw, "model", "train");
    told(ended("train", Outcome.SUCCEEDED, raw, model));
    told(ended("back", Outcome.SUCCEEDED, model, raw));
    awaitJobs(raw, "both", 2);

    lineage(raw, "?depth=20")
        .body("versions.version", contains(raw.id(), model.id()))
        .body("jobs", hasSize(2))
        .body("truncated", equalTo(false));
  }

  @Test
  void whatWasMadeIsKnownByItsOriginBeforeAnythingIsTold() {
    TestVersion raw = TestVersion.open().committed();
    TestVersion model = made(raw, "model", "train");

    lineage(model, "")
        .body("jobs.job", contains("train"), "jobs.state", contains("unknown"))
        .body("jobs[0].writes.version", contains(model.id()));
  }

  @Test
  void aVersionThatWasDeletedStaysAsGone() {
    TestVersion raw = TestVersion.open().committed();
    TestVersion model = made(raw, "model", "train");
    told(ended("train", Outcome.SUCCEEDED, raw, model));
    awaitJobs(raw, "down", 1);

    raw.team().request().delete(raw.path()).then().statusCode(204);

    lineage(model, "?direction=up")
        .body("versions.version", contains(model.id(), raw.id()))
        .body("versions.state", contains("committed", "gone"))
        .body("versions[1].name", nullValue());
    lineage(raw, "").body("versions[0].state", equalTo("gone"), "jobs", hasSize(1));
    model.team().request().delete("/datasets/" + model.dataset()).then().statusCode(204);
    lineage(raw, "").body("versions.state", contains("gone", "gone"));
  }

  @Test
  void anotherTeamSeesNothingOfIt() {
    TestVersion raw = TestVersion.open().committed();
    told(ended("train", Outcome.SUCCEEDED, raw, null));
    awaitJobs(raw, "down", 1);
    raw.team().request().delete(raw.path()).then().statusCode(204);

    TestTeam.create().request().get(raw.path() + "/lineage").then().statusCode(404);
    TestVersion.open(raw.team(), raw.dataset())
        .team()
        .request()
        .get("/datasets/" + raw.dataset() + "/versions/zzzzzz9/lineage")
        .then()
        .statusCode(404);
  }

  @Test
  void aVersionThatEverybodyReadIsCutOffAndSaidSo() {
    TestVersion raw = TestVersion.open().committed();
    told(
        IntStream.rangeClosed(0, Walk.MOST_EDGES)
            .mapToObj(i -> (Event) ended("job-" + i, Outcome.SUCCEEDED, raw, null))
            .toList());

    JsonPath cut =
        await()
            .atMost(PATIENCE)
            .until(() -> lineage(raw, "").extract().jsonPath(), l -> l.getBoolean("truncated"));

    assertThat(cut.getList("jobs")).hasSize(Walk.MOST_EDGES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"direction=sideways", "depth=0", "depth=21", "depth=deep"})
  void whatCannotBeAskedIsRefused(String query) {
    TestVersion raw = TestVersion.open().committed();
    raw.team()
        .request()
        .get(raw.path() + "/lineage?" + query)
        .then()
        .statusCode(400)
        .body("detail", containsString(query.split("=")[0]));
  }

  private JobReady ready(String job, TestVersion input) {
    return new JobReady(
        new TeamId(input.team().id()),
        run,
        new RunName(job),
        1,
        List.of(
            new Mount(
                RAW, "/inputs/raw", "/s", true, Optional.of(input.dataset() + ":" + input.id())),
            new Mount(new RunName("storage"), "/storage", "/t", false, Optional.empty())));
  }

  private JobEnded ended(String job, Outcome outcome, TestVersion input, TestVersion output) {
    return ended(job, 1, outcome, input, output);
  }

  private JobEnded ended(
      String job, int attempt, Outcome outcome, TestVersion input, TestVersion output) {
    return new JobEnded(
        new TeamId(input.team().id()),
        run,
        new RunName(job),
        attempt,
        Optional.of("argo"),
        outcome,
        List.of(new JobEnded.Input(RAW, new DatasetId(input.dataset()), new VersionId(input.id()))),
        output == null
            ? List.of()
            : List.of(
                new JobEnded.Output(
                    MODEL,
                    new DatasetId(output.dataset()),
                    Optional.of(new VersionId(output.id())),
                    Optional.empty())),
        Optional.of(Instant.now().minusSeconds(60)),
        Instant.now());
  }

  /**
   * A committed version of a new dataset of the same team, as cache-service makes it of an output.
   */
  private TestVersion made(TestVersion from, String dataset, String job) {
    return made(from, dataset, job, 1);
  }

  private TestVersion made(TestVersion from, String dataset, String job, int attempt) {
    return TestVersion.open(
            from.team(),
            from.team().newDataset(dataset),
            Map.of(
                "origin",
                Map.of("run", run.text(), "job", job, "output", MODEL.text(), "attempt", attempt)))
        .committed();
  }

  private void told(Event event) {
    told(List.of(event));
  }

  private void told(List<Event> events) {
    database
        .transaction(
            tx ->
                io.smallrye.mutiny.Multi.createFrom()
                    .iterable(events)
                    .onItem()
                    .transformToUniAndConcatenate(event -> outbox.append(tx, event))
                    .collect()
                    .last())
        .await()
        .atMost(PATIENCE);
  }

  private static void awaitJobs(TestVersion version, String direction, int jobs) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> lineage(version, "?direction=" + direction).body("jobs", hasSize(jobs)));
  }

  private static ValidatableResponse lineage(TestVersion version, String query) {
    return version.team().request().get(version.path() + "/lineage" + query).then().statusCode(200);
  }
}
