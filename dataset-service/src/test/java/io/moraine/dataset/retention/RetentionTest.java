package io.moraine.dataset.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.dataset.PassingTime;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.retention.RetentionWorker.Leaving;
import io.moraine.dataset.version.VersionKey;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class RetentionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject Pool database;
  @Inject RetentionWorker worker;

  private TestTeam team;
  private String dataset;

  @BeforeEach
  void newDataset() {
    team = TestTeam.create();
    dataset = team.newDataset("faces");
  }

  @Test
  void theLastStayAndWhatIsTaggedOrHeld() {
    List<TestVersion> versions = versions(6);
    tag(versions.get(0), "prod");
    hold(versions.get(1));

    retain(Map.of("keepLast", 2));

    awaitLeft(versions.get(0), versions.get(1), versions.get(4), versions.get(5));
    team.request().delete(versions.get(1).path() + "/holds/holder").then().statusCode(204);
    awaitLeft(versions.get(0), versions.get(4), versions.get(5));
  }

  @Test
  void anyRuleKeeps() throws Exception {
    List<TestVersion> old = versions(3);
    PassingTime.pass(database, team, Duration.ofDays(8));
    TestVersion young = versions(1).get(0);
    tag(old.get(0), "prod");

    retain(Map.of("keepYoungerThanDays", 7, "keepTagged", true));

    awaitLeft(old.get(0), young);
  }

  /** It was to go when somebody looked; then the rule was taken back. */
  @Test
  void theRulesCountThatThereAreWhenItGoes() {
    TestVersion old = versions(2).get(0);
    VersionKey key = new VersionKey(new DatasetId(dataset), new VersionId(old.id()));

    worker.letGo(new Leaving(key, false));

    team.request().get(old.path()).then().statusCode(200);
    retain(Map.of("keepLast", 2));
    worker.letGo(new Leaving(key, false));
    team.request().get(old.path()).then().statusCode(200);
  }

  @Test
  void rulesAreShownReplacedAndTakenBack() {
    retain(Map.of("keepLast", 3, "keepTagged", true));
    team.request()
        .get("/datasets/faces")
        .then()
        .body("retention.keepLast", equalTo(3))
        .body("retention.keepTagged", equalTo(true))
        .body("retention.keepYoungerThanDays", nullValue());
    retain(Map.of());
    team.request().get("/datasets/faces").then().body("retention.keepLast", nullValue());
    team.request()
        .body(Map.of("retention", Map.of("keepLast", 0)))
        .post("/datasets/faces")
        .then()
        .statusCode(400)
        .body("detail", containsString("keepLast"));
  }

  @Test
  void anAbandonedDraftExpiresAndOneThatIsWorkedOnDoesNot() {
    TestVersion abandoned = TestVersion.open(team, dataset).with("a", new byte[] {1});
    TestVersion committed = versions(1).get(0);
    database
        .query(
            "UPDATE version SET touched_at = touched_at - interval '31 days' WHERE dataset = '%s'"
                .formatted(dataset))
        .execute()
        .await()
        .atMost(PATIENCE);
    TestVersion fresh = TestVersion.open(team, dataset).with("a", new byte[] {1});

    await().atMost(PATIENCE).until(() -> team.request().get(abandoned.path()).statusCode() == 404);
    team.request().get(committed.path()).then().statusCode(200);
    team.request().get(fresh.path()).then().statusCode(200);
  }

  private List<TestVersion> versions(int count) {
    List<TestVersion> versions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      versions.add(TestVersion.open(team, dataset).with("f", new byte[] {(byte) i}).committed());
    }
    return versions;
  }

  private void retain(Map<String, ?> rules) {
    team.request().body(Map.of("retention", rules)).post("/datasets/faces").then().statusCode(200);
  }

  private void tag(TestVersion version, String tag) {
    team.request()
        .body(Map.of("version", version.id()))
        .put("/datasets/faces/tags/" + tag)
        .then()
        .statusCode(200);
  }

  private void hold(TestVersion version) {
    team.request()
        .body(Map.of("expiresInSeconds", 600))
        .put("/datasets/ref/" + dataset + ":" + version.id() + "/holds/holder")
        .then()
        .statusCode(200);
  }

  private void awaitLeft(TestVersion... left) {
    List<String> ids = java.util.Arrays.stream(left).map(TestVersion::id).toList();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<String> found =
                  team.request().get("/datasets/faces/versions").then().extract().path("version");
              assertThat(found).containsExactlyInAnyOrderElementsOf(ids);
            });
  }
}
