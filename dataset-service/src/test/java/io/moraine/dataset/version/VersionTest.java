package io.moraine.dataset.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;

import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.events.Topic;
import io.moraine.events.dataset.VersionDeleted;
import io.moraine.events.dataset.VersionUpdated;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class VersionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void aNewVersionIsOpenAndEmpty() {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");

    team.request()
        .body(Map.of("message", "hello"))
        .post("/datasets/faces/versions")
        .then()
        .statusCode(201)
        .body("version", matchesPattern("[0-9a-z]{7}"))
        .body("dataset", equalTo(dataset), "message", equalTo("hello"))
        .body("isCommitted", equalTo(false), "state", equalTo("open"))
        .body("tags", equalTo(List.of()));
    team.request().post("/datasets/none/versions").then().statusCode(404);
  }

  @Test
  void versionsAreListedNewestFirstAndByState() {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion a = TestVersion.open(team, dataset).committed();
    TestVersion b = TestVersion.open(team, dataset);
    TestVersion c = TestVersion.open(team, dataset).committed();

    String all = "/datasets/" + dataset + "/versions";
    assertThat(ids(team, all)).containsExactly(c.id(), b.id(), a.id());
    assertThat(ids(team, all + "?filter%5Bwhere%5D%5BisCommitted%5D=true"))
        .containsExactly(c.id(), a.id());
    assertThat(ids(team, all + "?filter%5Bwhere%5D%5BisCommitted%5D=false"))
        .containsExactly(b.id());
    assertThat(
            ids(
                team,
                all
                    + "?filter%5Blimit%5D=1&filter%5Bskip%5D=1&filter%5Border%5D%5B%5D=dtCreated+ASC"))
        .containsExactly(b.id());
    team.request().get("/datasets/none/versions").then().statusCode(404);
  }

  private static List<String> ids(TestTeam team, String path) {
    return team.request().get(path).then().statusCode(200).extract().path("version");
  }

  @Test
  void readsTakeTagsAndLatestButChangesTakeIds() {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion old =
        TestVersion.open(team, dataset, Map.of("tags", List.of("prod")))
            .with("a", new byte[] {1})
            .committed();
    TestVersion latest = TestVersion.open(team, dataset).committed();

    team.request().get("/datasets/faces/versions/prod").then().body("version", equalTo(old.id()));
    team.request()
        .get("/datasets/faces/versions/latest")
        .then()
        .body("version", equalTo(latest.id()));
    old.request().get("/datasets/faces/versions/prod/files/a").then().statusCode(200);
    team.request().get("/datasets/faces/versions/none").then().statusCode(404);
    team.request().delete("/datasets/faces/versions/prod").then().statusCode(400);
    team.request()
        .body(Map.of("isCommitted", true))
        .post("/datasets/faces/versions/latest")
        .then()
        .statusCode(400);
    old.request().body("x").put("/datasets/faces/versions/prod/files/b").then().statusCode(400);
  }

  @Test
  void theMessageMayChangeBeforeTheCommitAndAfter() throws Exception {
    TestVersion version = TestVersion.open();
    for (String message : List.of("before", "after")) {
      version
          .team()
          .request()
          .body(Map.of("message", message))
          .post(version.path())
          .then()
          .statusCode(200)
          .body("message", equalTo(message));
      version.committed();
    }

    version.team().request().get(version.path()).then().body("message", equalTo("after"));
    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          log.events(version.dataset()).stream()
                              .filter(VersionUpdated.class::isInstance)
                              .map(e -> ((VersionUpdated) e).message()))
                      .containsExactly("before", "after"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"message\": 7, \"tags\": \"x\"}",
        "{\"tags\": [\"latest\"]}",
        "{\"tags\": [\"UPPER\"]}",
        "{\"message\": \"nul \\u0000\"}",
        "{\"origin\": {\"run\": \"r\", \"job\": \"j\", \"output\": \"o\", \"attempt\": 0}}",
        "{\"origin\": {\"run\": \"../r\", \"job\": \"j\", \"output\": \"o\", \"attempt\": 1}}",
        "{",
        "[]"
      })
  void whatCannotBeAVersionIsRefused(String body) {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");

    team.request().body(body).post("/datasets/" + dataset + "/versions").then().statusCode(400);
    assertThat(ids(team, "/datasets/" + dataset + "/versions")).isEmpty();
  }

  @Test
  void aDeletedVersionIsGoneAndLeavesATombstone() throws Exception {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion old = TestVersion.open(team, dataset).with("a", new byte[] {1}).committed();
    TestVersion version = TestVersion.open(team, dataset).with("a", new byte[] {2}).committed();
    TestVersion draft = TestVersion.open(team, dataset).with("a", new byte[] {3});

    team.request().delete(version.path()).then().statusCode(204);
    team.request().delete(draft.path()).then().statusCode(204);

    assertThat(StoredObjects.find(team.id() + "/versions", version.id() + ".deleted")).isNotEmpty();
    assertThat(StoredObjects.find(team.id() + "/versions", draft.id())).isEmpty();
    team.request().get(version.path()).then().statusCode(404);
    version.request().get(version.file("a")).then().statusCode(404);
    team.request().delete(version.path()).then().statusCode(404);
    team.request().get("/datasets/faces/versions/latest").then().body("version", equalTo(old.id()));
    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          log.events(dataset).stream()
                              .filter(VersionDeleted.class::isInstance)
                              .map(e -> ((VersionDeleted) e).version().text()))
                      .containsExactly(version.id(), draft.id()));
    }
  }

  @Test
  void whatIsTaggedOrHeldIsNotDeleted() {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion version =
        TestVersion.open(team, dataset, Map.of("tags", List.of("prod"))).committed();

    team.request()
        .delete(version.path())
        .then()
        .statusCode(409)
        .body("detail", containsString("prod"));
    team.request().delete("/datasets/faces/tags/prod").then().statusCode(204);
    team.request()
        .body(Map.of("expiresInSeconds", 600))
        .put("/datasets/ref/faces:" + version.id() + "/holds/run:r-17")
        .then()
        .statusCode(200);
    team.request()
        .delete(version.path())
        .then()
        .statusCode(409)
        .body("detail", containsString("run:r-17"));
    team.request().delete(version.path() + "/holds/run:r-17").then().statusCode(204);
    team.request().delete(version.path()).then().statusCode(204);
  }

  @Test
  void aDatasetGoesWithItsVersions() {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion version = TestVersion.open(team, dataset).with("a", new byte[] {1}).committed();
    TestVersion.open(team, dataset).with("b", new byte[] {1});

    team.request().delete("/datasets/faces").then().statusCode(204);

    team.request().get(version.path()).then().statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"origin\": {\"attempt\": 1}}",
        "{\"origin\": {\"run\": \"r\", \"job\": \"j\", \"output\": null, \"attempt\": 1}}",
        "{\"tags\": [null]}",
        "{\"tags\": [\"a\", null]}"
      })
  void whatNamesNothingIsRefused(String body) {
    TestTeam team = TestTeam.create();
    team.newDataset("faces");

    team.request().body(body).post("/datasets/faces/versions").then().statusCode(400);
    team.request().get("/datasets/faces/versions").then().body("version", hasSize(0));
  }
}
