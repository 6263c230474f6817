package io.moraine.dataset.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moraine.content.store.DatasetRecord;
import io.moraine.content.store.TeamRecord;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class RecordTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void theLastRecordHasNameTagsMessagesAndRules() throws Exception {
    TestVersion first = TestVersion.open().with("a", new byte[] {1}).committed();
    TestTeam team = first.team();
    TestVersion second = TestVersion.open(team, first.dataset()).committed();
    tag(team, "prod", first);
    tag(team, "prod", second);
    tag(team, "old", first);
    team.request().delete("/datasets/faces/tags/old").then().statusCode(204);
    change(team, first.path(), Map.of("message", "said later"));
    change(
        team,
        "/datasets/faces",
        Map.of("name", "people", "description", "all", "retention", Map.of("keepLast", 7)));

    await()
        .atMost(PATIENCE)
        // Replaced by a later one between being found and being read.
        .ignoreException(NoSuchFileException.class)
        .untilAsserted(
            () -> {
              List<Path> records =
                  StoredObjects.find(team.id() + "/datasets/" + first.dataset(), "");
              assertThat(records).as("the last one only").hasSize(1);
              DatasetRecord record = DatasetRecord.decode(Files.readAllBytes(records.get(0)));
              assertThat(record.name().text()).isEqualTo("people");
              assertThat(record.description()).isEqualTo("all");
              assertThat(record.tags())
                  .isEqualTo(Map.of(new TagName("prod"), new VersionId(second.id())));
              assertThat(record.messages())
                  .isEqualTo(Map.of(new VersionId(first.id()), "said later"));
              assertThat(record.retention().keepLast()).isEqualTo(Optional.of(7));
            });
  }

  @Test
  void aDeletedDatasetLeavesATombstoneBeforeTheAnswerAndNoRecord() throws Exception {
    TestVersion version = TestVersion.open().with("a", new byte[] {1}).committed();
    TestTeam team = version.team();
    await().atMost(PATIENCE).until(() -> records(version).size() == 1);

    team.request().delete("/datasets/faces").then().statusCode(204);

    assertThat(StoredObjects.find(team.id() + "/datasets/", version.dataset() + ".deleted"))
        .hasSize(1);
    await().atMost(PATIENCE).until(() -> records(version).isEmpty());
  }

  @Test
  void aTeamIsRecordedBesideItsObjects() throws Exception {
    TestTeam team = TestTeam.create();
    await().atMost(PATIENCE).until(() -> !StoredObjects.find("/teams/", team.id()).isEmpty());
    TeamRecord record =
        TeamRecord.decode(Files.readAllBytes(StoredObjects.find("/teams/", team.id()).get(0)));
    String provider = team.request().get("/storageProviders").path("[0].id");
    assertThat(record.provider().text()).isEqualTo(provider);
    assertThat(record.operator()).isFalse();
  }

  private static List<Path> records(TestVersion version) throws Exception {
    return StoredObjects.find(version.team().id() + "/datasets/" + version.dataset() + "/", "");
  }

  private static void tag(TestTeam team, String tag, TestVersion version) {
    team.request()
        .body(Map.of("version", version.id()))
        .put("/datasets/faces/tags/" + tag)
        .then()
        .statusCode(200);
  }

  private static void change(TestTeam team, String path, Map<String, ?> change) {
    team.request().body(change).post(path).then().statusCode(200);
  }
}
