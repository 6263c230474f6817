package io.moraine.dataset.tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.events.Event;
import io.moraine.events.Topic;
import io.moraine.events.dataset.TagDeleted;
import io.moraine.events.dataset.TagMoved;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class TagTest {
  @Test
  void aTagIsSetShownMovedListedAndDeleted() throws Exception {
    TestVersion one = TestVersion.open().committed();
    TestTeam team = one.team();
    TestVersion two = TestVersion.open(team, one.dataset()).committed();
    String tags = "/datasets/faces/tags";

    set(one, "prod")
        .then()
        .statusCode(200)
        .body("name", equalTo("prod"), "version.version", equalTo(one.id()));
    set(one, "prod").then().statusCode(200); // says the same: no event
    set(two, "prod").then().statusCode(200).body("version.version", equalTo(two.id()));
    set(two, "blessed").then().statusCode(200);

    team.request()
        .get(tags + "/prod")
        .then()
        .statusCode(200)
        .body("version.version", equalTo(two.id()));
    team.request()
        .get(tags + "?filter[limit]=21&filter[skip]=0&filter[order][]=name+ASC")
        .then()
        .body("name", contains("blessed", "prod"));
    team.request().get(two.path()).then().body("tags.name", contains("blessed", "prod"));
    team.request().delete(tags + "/prod").then().statusCode(204);
    team.request().get(tags + "/prod").then().statusCode(404);
    team.request().delete(tags + "/prod").then().statusCode(404);

    TeamId id = new TeamId(team.id());
    DatasetId dataset = new DatasetId(one.dataset());
    VersionId first = new VersionId(one.id());
    VersionId second = new VersionId(two.id());
    TagName prod = new TagName("prod");
    List<Event> expected =
        List.of(
            new TagMoved(id, dataset, prod, first, Optional.empty()),
            new TagMoved(id, dataset, prod, second, Optional.of(first)),
            new TagMoved(id, dataset, new TagName("blessed"), second, Optional.empty()),
            new TagDeleted(id, dataset, prod));
    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(log.events(dataset.text()))
                      .filteredOn(e -> e instanceof TagMoved || e instanceof TagDeleted)
                      .isEqualTo(expected));
    }
  }

  @Test
  void onlyACommittedVersionIsTagged() {
    TestVersion open = TestVersion.open();

    set(open, "prod").then().statusCode(409).body("detail", containsString(open.id()));
    open.committed();
    set(open, "prod").then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "abc1234", "Upper", "-dash", "a%20b"})
  void anUnusableTagIsRefused(String tag) {
    TestVersion version = TestVersion.open().committed();

    set(version, tag).then().statusCode(422);
  }

  @Test
  void whatIsNotThereCannotBeTagged() {
    TestVersion version = TestVersion.open().committed();

    version
        .team()
        .request()
        .body(Map.of("version", "zzzzzz9"))
        .put("/datasets/faces/tags/prod")
        .then()
        .statusCode(404)
        .body("detail", containsString("zzzzzz9"));
    version
        .team()
        .request()
        .body(Map.of("version", version.id()))
        .put("/datasets/nothing/tags/prod")
        .then()
        .statusCode(404);
    version.team().request().put("/datasets/faces/tags/prod").then().statusCode(400);
    version.team().request().body("{}").put("/datasets/faces/tags/prod").then().statusCode(400);
  }

  @Test
  void ofManyMovesAtOnceEachNamesTheOneBefore() throws Exception {
    TestVersion first = TestVersion.open().committed();
    List<TestVersion> versions =
        IntStream.range(0, 6)
            .mapToObj(i -> TestVersion.open(first.team(), first.dataset()).committed())
            .toList();

    versions.parallelStream().forEach(version -> set(version, "prod").then().statusCode(200));

    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(moves(log, first.dataset())).hasSize(versions.size()));
      List<TagMoved> moves = moves(log, first.dataset());
      assertThat(moves.get(0).previous()).isEmpty();
      for (int i = 1; i < moves.size(); i++) {
        assertThat(moves.get(i).previous()).contains(moves.get(i - 1).version());
      }
    }
  }

  private static List<TagMoved> moves(EventLog log, String dataset) {
    return log.events(dataset).stream()
        .filter(TagMoved.class::isInstance)
        .map(TagMoved.class::cast)
        .toList();
  }

  private static io.restassured.response.Response set(TestVersion version, String tag) {
    return version
        .team()
        .request()
        .body(Map.of("version", version.id()))
        .put("/datasets/" + version.dataset() + "/tags/" + tag);
  }
}
