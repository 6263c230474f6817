package io.moraine.dataset.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class HoldTest {
  private static final String HOLDER = "run:r-17:train:raw";

  @Test
  void whatIsHeldIsNotDeletedAndWhoHoldsItIsNamed() {
    TestVersion version = TestVersion.open().with("a", new byte[3]).committed();
    TestTeam team = version.team();
    String digest = team.request().get(version.path()).path("digest");

    hold(team, "faces:latest", HOLDER, 60)
        .statusCode(200)
        .body("dataset", equalTo(version.dataset()), "name", equalTo("faces"))
        .body("version", equalTo(version.id()), "digest", equalTo(digest))
        .body("files", equalTo(1), "bytes", equalTo(3));
    team.request().get(version.path() + "/holds").then().body("holder", contains(HOLDER));

    team.request()
        .delete(version.path())
        .then()
        .statusCode(409)
        .body("detail", containsString(HOLDER));
    team.request()
        .delete("/datasets/faces")
        .then()
        .statusCode(409)
        .body("detail", containsString(HOLDER))
        .body("type", equalTo("urn:moraine:problem:dataset/held"));
    team.request().get(version.file("a")).then().statusCode(200);

    for (int i = 0; i < 2; i++) {
      team.request().delete(version.path() + "/holds/" + HOLDER).then().statusCode(204);
    }
    team.request().get(version.path() + "/holds").then().body("$", empty());
    team.request().delete("/datasets/faces").then().statusCode(204);
  }

  @Test
  void whoHoldsIsListedPageByPage() {
    TestVersion version = TestVersion.open().committed();
    TestTeam team = version.team();
    for (String holder : new String[] {"a", "b", "c"}) {
      hold(team, "faces", holder, 60).statusCode(200);
    }
    String holds = version.path() + "/holds";

    String next =
        team.request()
            .get(holds + "?limit=2")
            .then()
            .statusCode(200)
            .body("holder", contains("a", "b"))
            .extract()
            .header("Link");
    assertThat(next).isEqualTo("<?cursor=b&limit=2>; rel=\"next\"");
    team.request().delete(holds + "/b").then().statusCode(204);
    assertThat(
            team.request()
                .get(holds + "?cursor=b&limit=2")
                .then()
                .body("holder", contains("c"))
                .extract()
                .header("Link"))
        .isNull();
    team.request().get(holds + "?limit=0").then().statusCode(400);
  }

  @Test
  void theSameCallAgainRenews() {
    TestVersion version = TestVersion.open().committed();
    Instant first = expiry(hold(version.team(), "faces", HOLDER, 60));

    Instant second = expiry(hold(version.team(), "faces", HOLDER, 3_600));

    assertThat(Duration.between(first, second))
        .isBetween(Duration.ofMinutes(58), Duration.ofMinutes(62));
    version.team().request().get(version.path() + "/holds").then().body("holder", contains(HOLDER));
  }

  @Test
  void anExpiredHoldIsNone() {
    TestVersion version = TestVersion.open().committed();
    hold(version.team(), "faces", HOLDER, 1).statusCode(200);

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                version.team().request().get(version.path() + "/holds").then().body("$", empty()));
    version.team().request().delete(version.path()).then().statusCode(204);
    version.team().request().delete(version.path() + "/holds/" + HOLDER).then().statusCode(204);
  }

  @Test
  void onlyACommittedVersionIsHeld() {
    TestVersion version = TestVersion.open();

    hold(version.team(), "faces:" + version.id(), HOLDER, 60)
        .statusCode(409)
        .body("detail", containsString(version.id()));
    hold(version.team(), "faces", HOLDER, 60).statusCode(404);
    hold(version.team(), "nothing", HOLDER, 60).statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 30L * 24 * 60 * 60 + 1, Long.MAX_VALUE})
  void aHoldIsBounded(long seconds) {
    TestVersion version = TestVersion.open().committed();

    hold(version.team(), "faces", HOLDER, seconds).statusCode(400);
    version.team().request().get(version.path() + "/holds").then().body("$", empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"%20", "-a", "a%2Fb", "%C3%BC"})
  void anUnusableHolderIsRefused(String holder) {
    TestVersion version = TestVersion.open().committed();

    int status = hold(version.team(), "faces", holder, 60).extract().statusCode();

    assertThat(status).isIn(400, 404);
    version.team().request().get(version.path() + "/holds").then().body("$", empty());
  }

  @Test
  void aHoldAndADeletionAtOnceNeverBothSucceed() {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    for (int round = 0; round < 10; round++) {
      TestVersion version = TestVersion.open(team, dataset).committed();
      String ref = dataset + ":" + version.id();

      CompletableFuture<Integer> deletion =
          CompletableFuture.supplyAsync(() -> team.request().delete(version.path()).statusCode());
      int held = hold(team, ref, HOLDER, 60).extract().statusCode();
      int deleted = deletion.join();

      assertThat(held == 200).as("held %d, deleted %d", held, deleted).isNotEqualTo(deleted < 300);
      team.request().get(version.path()).then().statusCode(held == 200 ? 200 : 404);
    }
  }

  @Test
  void aHoldAndADatasetsDeletionAtOnceNeverBothSucceed() {
    TestTeam team = TestTeam.create();
    for (int round = 0; round < 5; round++) {
      TestVersion version = TestVersion.open(team, team.newDataset("faces" + round)).committed();

      CompletableFuture<Integer> deletion =
          CompletableFuture.supplyAsync(
              () -> team.request().delete("/datasets/" + version.dataset()).statusCode());
      int held = hold(team, version.dataset(), HOLDER, 60).extract().statusCode();
      int deleted = deletion.join();

      assertThat(held == 200).as("held %d, deleted %d", held, deleted).isNotEqualTo(deleted < 300);
    }
  }

  private static ValidatableResponse hold(TestTeam team, String ref, String holder, long seconds) {
    return team.request()
        .body(Map.of("expiresInSeconds", seconds))
        .put("/datasets/ref/" + ref + "/holds/" + holder)
        .then();
  }

  private static Instant expiry(ValidatableResponse answer) {
    return Instant.parse(answer.statusCode(200).extract().path("expiresAt"));
  }
}
