package io.moraine.dataset.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.events.Event;
import io.moraine.events.EventCodec;
import io.moraine.events.EventHeaders;
import io.moraine.events.EventType;
import io.moraine.events.Topic;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.RunStarted;
import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.Mount;
import io.moraine.events.volume.RunRejected;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class WorkflowTest {
  private static final String SPEC =
      """
      {"spec": {"inputs": {"raw": {"type": "dataset", "with": {"ref": "faces:latest"}}},
                "jobs": {"train": {"inputs": {"data": "workflow.inputs.raw"},
                                   "outputs": {"model": {"type": "dataset", "with": {"id": "models"}}}}}},
       "clusterId": null, "run": true, "markDefault": false}
      """;

  private TestVersion input;
  private TestTeam team;

  @BeforeEach
  void begin() {
    input = TestVersion.open().with("a", new byte[] {1}).committed();
    team = input.team();
  }

  private String workflow() {
    return team.request()
        .body("{\"name\": \"nightly\", \"projectId\": \"p1\"}")
        .post("/workflows")
        .then()
        .statusCode(201)
        .body("name", equalTo("nightly"))
        .extract()
        .path("id");
  }

  @Test
  void workflowsAreListedByProject() {
    String id = workflow();

    team.request().get("/workflows").then().body("id", contains(id));
    team.request()
        .get("/workflows?filter[where][projectId]=p1")
        .then()
        .statusCode(200)
        .body("name", contains("nightly"));
    team.request()
        .get("/workflows?filter%5Bwhere%5D%5BprojectId%5D=p2")
        .then()
        .body("$", hasSize(0));
    team.request().get("/workflows/" + id).then().body("projectId", equalTo("p1"));
    team.request().get("/workflows/none").then().statusCode(404);
  }

  @Test
  void aRunBecomesAnEventThatItsKeyProves() throws Exception {
    String models = team.newDataset("models");
    String id = workflow();
    team.request()
        .body(SPEC)
        .post("/workflows/" + id + "/runs")
        .then()
        .statusCode(201)
        .body("id", equalTo("1"))
        .body("status.logId", startsWith("wfr"))
        .body("status.phase", equalTo("PENDING"))
        .body("status.jobs.train.logId", startsWith("wfrj"))
        .body("cluster.id", equalTo("local"));
    String run = "workflow-" + id + "-1";

    EventLog.Entry heard = started(run);
    RunStarted event = (RunStarted) heard.event();
    assertThat(event.team().text()).isEqualTo(team.id());
    assertThat(event.jobs()).extracting(job -> job.job().text()).containsExactly("train");
    assertThat(heard.headers().sequence()).isEmpty();
    TestTeam.as(TestTeam.serviceKey())
        .contentType("application/x-www-form-urlencoded")
        .formParam("token", heard.headers().token().orElseThrow())
        .post("/introspect")
        .then()
        .body("active", equalTo(true))
        .body("team", equalTo(team.id()))
        .body("sub", equalTo(team.key().split("_")[1]));

    String ref = input.dataset() + ":" + input.id();
    Mount mount = new Mount(new RunName("data"), "/inputs/data", "/x", true, Optional.of(ref));
    send(
        new JobReady(
            new TeamId(team.id()), new RunName(run), new RunName("train"), 1, List.of(mount)),
        1);
    awaitPhase(id, "RUNNING");
    team.request()
        .get("/workflows/" + id + "/runs/1")
        .then()
        .body("status.inputs.raw.dataset.id", equalTo(ref))
        .body("status.jobs.train.inputs.data.dataset.id", equalTo(ref));

    TestVersion output = TestVersion.open(team, models, Map.of("origin", origin(run)));
    team.request()
        .get("/workflows/" + id + "/runs/1")
        .then()
        .body("status.phase", equalTo("RUNNING"))
        .body("status.jobs.train.outputs.model.dataset.isCommitted", equalTo(false));
    output.with("m", new byte[] {2}).committed();
    send(ended(run, Outcome.SUCCEEDED), 2);
    awaitPhase(id, "SUCCEEDED");
    team.request()
        .get("/workflows/" + id + "/runs")
        .then()
        .body("[0].status.finished", startsWith("2026-01-02T03:04:05"))
        .body("[0].status.jobs.train.phase", equalTo("SUCCEEDED"))
        .body("[0].status.jobs.train.outputs.model.dataset.id", equalTo("models:" + output.id()))
        .body("[0].status.jobs.train.outputs.model.dataset.isCommitted", equalTo(true));
  }

  @Test
  void aRunWhoseJobFailedHasFailed() {
    team.newDataset("models");
    String id = workflow();
    team.request().body(SPEC).post("/workflows/" + id + "/runs").then().statusCode(201);

    send(ended("workflow-" + id + "-1", Outcome.CANCELLED), 1);

    awaitPhase(id, "FAILED");
  }

  @Test
  void aRunThatVolumeServiceRefusedSaysWhy() {
    team.newDataset("models");
    String id = workflow();
    team.request().body(SPEC).post("/workflows/" + id + "/runs").then().statusCode(201);
    RunName run = new RunName("workflow-" + id + "-1");

    send(new RunRejected(new TeamId(team.id()), run, List.of("No room.")), 1);

    awaitPhase(id, "FAILED");
    team.request()
        .get("/workflows/" + id + "/runs/1")
        .then()
        .body("status.reasons", contains("No room."));
  }

  @Test
  void whatASpecNamesHasToBeThere() {
    String id = workflow();

    team.request()
        .body(SPEC.replace("faces:latest", "faces:none"))
        .post("/workflows/" + id + "/runs")
        .then()
        .statusCode(422)
        .body("type", equalTo("urn:moraine:problem:workflow/invalid-spec"))
        .body("error.message", containsString("faces has no version or tag none"))
        .body("error.message", containsString("no dataset models"));
    team.request().get("/workflows/" + id + "/runs").then().body("$", hasSize(0));
    team.request()
        .body("{\"spec\": {\"jobs\": {}}}")
        .post("/workflows/" + id + "/runs")
        .then()
        .statusCode(422);
    team.request().body("{}").post("/workflows/" + id + "/runs").then().statusCode(400);
    team.request()
        .body(SPEC.replace("\"clusterId\": null", "\"clusterId\": \"Big One\""))
        .post("/workflows/" + id + "/runs")
        .then()
        .statusCode(400);
  }

  @Test
  void workflowsAndRunsComeByPages() {
    team.newDataset("models");
    List<String> ids = Stream.generate(this::workflow).limit(3).sorted().toList();
    assertThat(pages("/workflows", 2, "id")).isEqualTo(ids);
    assertThat(pages("/workflows?filter%5Bwhere%5D%5BprojectId%5D=p1", 1, "id")).isEqualTo(ids);

    String runs = "/workflows/" + ids.get(0) + "/runs";
    for (int i = 0; i < 3; i++) {
      team.request().body(SPEC).post(runs).then().statusCode(201);
    }
    assertThat(pages(runs, 2, "id")).containsExactly("3", "2", "1");
    assertThat(pages(runs, 3, "id")).containsExactly("3", "2", "1");
    for (String bad :
        List.of(
            "/workflows?cursor=none", runs + "?cursor=x", runs + "?cursor=0", runs + "?limit=0")) {
      team.request().get(bad).then().statusCode(400);
    }
  }

  /** A spec is up to 512 KiB, and a thousand of them are more than a page can be. */
  @Test
  void aPageOfLongSpecsIsShort() {
    team.newDataset("models");
    String runs = "/workflows/" + workflow() + "/runs";
    String comment = "\"comment\": \"" + "x".repeat(500_000) + "\", ";
    for (int i = 0; i < 9; i++) {
      team.request()
          .body(SPEC.replace("{\"inputs\": {\"raw\"", "{" + comment + "\"inputs\": {\"raw\""))
          .post(runs)
          .then()
          .statusCode(201);
    }

    team.request().get(runs).then().body("id", hasSize(8));
    assertThat(pages(runs, 1000, "id"))
        .containsExactly("9", "8", "7", "6", "5", "4", "3", "2", "1");
  }

  /** This member of all items, page by page. */
  private List<String> pages(String path, int limit, String member) {
    List<String> all = new ArrayList<>();
    String next = path + (path.contains("?") ? "&" : "?") + "limit=" + limit;
    while (next != null) {
      Response page = team.request().urlEncodingEnabled(false).get(next);
      List<String> items = page.then().statusCode(200).extract().path(member);
      assertThat(items).hasSizeLessThanOrEqualTo(limit);
      all.addAll(items);
      next =
          Optional.ofNullable(page.header("Link"))
              .map(link -> path.split("\\?")[0] + link.split("[<>]")[1])
              .orElse(null);
    }
    return all;
  }

  private static Map<String, ?> origin(String run) {
    return Map.of("run", run, "job", "train", "output", "model", "attempt", 1);
  }

  private void awaitPhase(String id, String phase) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                team.request()
                    .get("/workflows/" + id + "/runs/1")
                    .then()
                    .body("status.phase", equalTo(phase)));
  }

  private JobEnded ended(String run, Outcome outcome) {
    return new JobEnded(
        new TeamId(team.id()),
        new RunName(run),
        new RunName("train"),
        1,
        Optional.empty(),
        outcome,
        List.of(),
        List.of(),
        Optional.empty(),
        Instant.parse("2026-01-02T03:04:05Z"));
  }

  private static EventLog.Entry started(String run) throws InterruptedException {
    try (EventLog log = EventLog.of(Topic.RUNS)) {
      return await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> log.of(run), found -> !found.isEmpty())
          .get(0);
    }
  }

  /** As volume-service does. */
  private static void send(Event event, long sequence) {
    EventHeaders headers =
        new EventHeaders(
            UUID.randomUUID().toString(),
            "/moraine/volume-service",
            EventType.of(event).name(),
            Instant.now(),
            event.key(),
            OptionalLong.of(sequence),
            Optional.empty(),
            Optional.empty());
    ProducerRecord<String, byte[]> message =
        new ProducerRecord<>(Topic.VOLUMES.topic(), event.key(), new EventCodec().encode(event));
    headers
        .toMap()
        .forEach(
            (name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", EmbeddedStack.variables().get("MORAINE_KAFKA")),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(message);
    }
  }
}
