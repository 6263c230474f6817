package io.moraine.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Datasets, tags and messages are changed only as they were seen, where If-Match says so. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ConditionTest {
  private static final String STALE = "\"0123456789abcdef0123456789abcdef\"";

  @Test
  void aDatasetIsChangedAndDeletedAsItWasSeen() {
    TestTeam team = TestTeam.create();
    team.newDataset("faces");
    String seen = etag(team, "/datasets/faces");
    Map<String, ?> change = Map.of("description", "changed");

    ifMatch(team, STALE).body(change).post("/datasets/faces").then().statusCode(412);
    String changed =
        ifMatch(team, "\"other\", " + seen)
            .body(change)
            .post("/datasets/faces")
            .then()
            .statusCode(200)
            .extract()
            .header("ETag");
    assertThat(changed).isNotEqualTo(seen).isEqualTo(etag(team, "/datasets/faces"));
    ValidatableResponse late =
        ifMatch(team, seen).body(change).post("/datasets/faces").then().statusCode(412);
    late.body("detail", containsString("faces"), "detail", containsString(changed));
    ifMatch(team, seen).delete("/datasets/faces").then().statusCode(412);
    ifMatch(team, "*").delete("/datasets/faces").then().statusCode(204);
    ifMatch(team, "*").delete("/datasets/faces").then().statusCode(404);
  }

  @Test
  void aTagIsMovedAndDeletedAsItWasSeen() {
    TestVersion first = TestVersion.open().committed();
    TestTeam team = first.team();
    TestVersion second = TestVersion.open(team, first.dataset()).committed();
    String tag = "/datasets/faces/tags/prod";
    ifMatch(team, "*").body(Map.of("version", first.id())).put(tag).then().statusCode(412);
    team.request().body(Map.of("version", first.id())).put(tag).then().statusCode(200);
    String seen = etag(team, tag);

    ifMatch(team, STALE).body(Map.of("version", second.id())).put(tag).then().statusCode(412);
    team.request().get(tag).then().body("version.version", equalTo(first.id()));
    ifMatch(team, seen).body(Map.of("version", second.id())).put(tag).then().statusCode(200);
    ifMatch(team, seen).delete(tag).then().statusCode(412);
    ifMatch(team, etag(team, tag)).delete(tag).then().statusCode(204);
  }

  @Test
  void aMessageIsEditedAndAVersionCommittedAsTheyWereSeen() {
    TestVersion version = TestVersion.open();
    TestTeam team = version.team();
    String seen = etag(team, version.path());

    ifMatch(team, STALE).body(Map.of("message", "a")).post(version.path()).then().statusCode(412);
    ifMatch(team, seen).body(Map.of("message", "a")).post(version.path()).then().statusCode(200);
    ifMatch(team, seen)
        .body(Map.of("isCommitted", true))
        .post(version.path())
        .then()
        .statusCode(412);
    team.request().get(version.path()).then().body("state", equalTo("open"));
    ifMatch(team, etag(team, version.path()))
        .body(Map.of("isCommitted", true, "message", "b"))
        .post(version.path())
        .then()
        .statusCode(200)
        .body("message", equalTo("b"));
  }

  @Test
  void aVersionIsDeletedAsItWasSeen() {
    TestVersion version = TestVersion.open();
    TestTeam team = version.team();
    String seen = etag(team, version.path());
    team.request().body(Map.of("message", "a")).post(version.path()).then().statusCode(200);

    ifMatch(team, seen).delete(version.path()).then().statusCode(412);
    ifMatch(team, seen).delete(version.path() + "?dryRun=true").then().statusCode(412);
    ifMatch(team, etag(team, version.path())).delete(version.path()).then().statusCode(204);
  }

  @Test
  void whetherADatasetIsPublicIsPartOfWhatWasSeen() {
    TestTeam team = TestTeam.create();
    team.newDataset("faces");
    String seen = etag(team, "/datasets/faces");
    team.request().body(Map.of("isPublic", true)).post("/datasets/faces").then().statusCode(200);

    assertThat(etag(team, "/datasets/faces")).isNotEqualTo(seen);
  }

  @Test
  void theNewerApiHasTheSameTags() {
    TestVersion version = TestVersion.open();
    TestTeam team = version.team();

    assertThat(etag(team, "/v1/datasets/faces")).isEqualTo(etag(team, "/datasets/faces"));
    assertThat(etag(team, "/v1" + version.path())).isEqualTo(etag(team, version.path()));
    ifMatch(team, STALE)
        .body(Map.of("description", "changed"))
        .put("/v1/datasets/faces")
        .then()
        .statusCode(412)
        .body("code", equalTo("PRECONDITION_FAILED"));
    ifMatch(team, STALE).delete("/v1" + version.path()).then().statusCode(412);
  }

  /** What both saw, one of them changes. */
  @Test
  void ofManyThatSawTheSameOneWins() {
    TestTeam team = TestTeam.create();
    team.newDataset("faces");
    String seen = etag(team, "/datasets/faces");

    long won =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            ifMatch(team, seen)
                                .body(Map.of("description", "by " + i))
                                .post("/datasets/faces")
                                .statusCode()))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .filter(status -> status == 200)
            .count();

    assertThat(won).isEqualTo(1);
  }

  private static io.restassured.specification.RequestSpecification ifMatch(
      TestTeam team, String etag) {
    return team.request().header("If-Match", etag);
  }

  private static String etag(TestTeam team, String path) {
    String etag = team.request().get(path).then().statusCode(200).extract().header("ETag");
    assertThat(etag).matches("\"[0-9a-f]{32}\"");
    return etag;
  }
}
