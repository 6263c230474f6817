package io.moraine.dataset.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.events.Event;
import io.moraine.events.Topic;
import io.moraine.events.dataset.DatasetDeleted;
import io.moraine.events.dataset.VersionDeleted;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class DatasetDeletionTest {
  @Inject Pool database;

  @Test
  void aDeletedDatasetLeavesTombstonesAndEventsAndNothingElse() throws Exception {
    TestVersion committed = TestVersion.open().with("a", new byte[] {1}).committed();
    TestTeam team = committed.team();
    TestVersion open = TestVersion.open(team, committed.dataset()).with("b", new byte[] {2});
    team.request()
        .body(Map.of("version", committed.id()))
        .put("/datasets/faces/tags/prod")
        .then()
        .statusCode(200);

    team.request().delete("/datasets/faces").then().statusCode(204);

    team.request().get("/datasets/faces").then().statusCode(404);
    team.request().get(committed.file("a")).then().statusCode(404);
    assertThat(rows(committed.dataset())).isZero();
    assertThat(StoredObjects.find(team.id() + "/versions/" + committed.dataset(), committed.id()))
        .as("a tombstone beside the record")
        .hasSize(2);
    TeamId teamId = new TeamId(team.id());
    DatasetId dataset = new DatasetId(committed.dataset());
    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(log.events(dataset.text()))
                      .endsWith(new DatasetDeleted(teamId, dataset)));
      List<Event> events = log.events(dataset.text());
      assertThat(events)
          .contains(
              new VersionDeleted(teamId, dataset, new VersionId(committed.id())),
              new VersionDeleted(teamId, dataset, new VersionId(open.id())));
    }
  }

  @Test
  void aDeletionThatACrashInterruptedIsFinished() {
    TestVersion committed = TestVersion.open().committed();
    // As after a crash right behind the transaction that hides the dataset.
    execute("UPDATE dataset SET state = 'deleting' WHERE id = '%s'".formatted(committed.dataset()));
    execute(
        "UPDATE version SET state = 'deleting' WHERE dataset = '%s'"
            .formatted(committed.dataset()));

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(rows(committed.dataset())).isZero());
  }

  private void execute(String sql) {
    database.query(sql).execute().await().atMost(Duration.ofSeconds(10));
  }

  /** How many rows still speak of the dataset. */
  private long rows(String dataset) {
    return database
        .query(
            """
            SELECT (SELECT count(*) FROM dataset WHERE id = '%1$s') + (SELECT count(*) FROM version WHERE dataset = '%1$s')
              + (SELECT count(*) FROM staged_change WHERE dataset = '%1$s') + (SELECT count(*) FROM tag WHERE dataset = '%1$s')
              + (SELECT count(*) FROM hold WHERE dataset = '%1$s')
            """
                .formatted(dataset))
        .execute()
        .await()
        .atMost(Duration.ofSeconds(10))
        .iterator()
        .next()
        .getLong(0);
  }
}
