package io.moraine.dataset.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.moraine.dataset.TestTeam;
import io.moraine.events.Topic;
import io.moraine.events.dataset.DatasetCreated;
import io.moraine.events.dataset.DatasetDeleted;
import io.moraine.events.dataset.DatasetUpdated;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class DatasetTest {
  @Test
  void aDatasetIsMadeShownByIdAndByNameAndListed() {
    TestTeam team = TestTeam.create();

    String id =
        team.request()
            .body(Map.of("name", "faces", "description", "of people"))
            .post("/datasets")
            .then()
            .statusCode(201)
            .body("id", matchesPattern("dst[0-9a-z]{12}"))
            .body("name", equalTo("faces"), "description", equalTo("of people"))
            .body("storageProvider.name", equalTo("Gradient Managed"))
            .body("storageProvider.type", equalTo("s3"))
            .extract()
            .path("id");

    for (String which : new String[] {id, "faces"}) {
      team.request()
          .get("/datasets/" + which)
          .then()
          .statusCode(200)
          .body("id", equalTo(id), "storageProvider.config.secretAccessKey", equalTo("********"));
    }
    team.request().get("/datasets").then().statusCode(200).body("id", contains(id));
  }

  @Test
  void listsAreBareArraysThatSkipLimitAndOrder() {
    TestTeam team = TestTeam.create();
    for (String name : new String[] {"b", "c", "a"}) {
      team.newDataset(name);
    }

    team.request().get("/datasets").then().body("name", contains("a", "b", "c"));
    team.request()
        .get("/datasets?filter%5Blimit%5D=2&filter%5Bskip%5D=1&filter%5Border%5D%5B%5D=name+ASC")
        .then()
        .body("name", contains("b", "c"));
    team.request()
        .get("/datasets?filter[order][]=dtCreated+DESC&filter[limit]=1")
        .then()
        .body("name", contains("a"));
    team.request().get("/datasets?filter[skip]=3").then().body("$", empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filter[limit]=0",
        "filter[limit]=1001",
        "filter[limit]=many",
        "filter[skip]=-1",
        "filter[order][]=name%3BDROP+TABLE+dataset",
        "filter[order][]=name+UP",
      })
  void anUnusableFilterIsRefused(String query) {
    TestTeam.create().request().get("/datasets?" + query).then().statusCode(400);
  }

  @Test
  void updatesChangeOnlyWhatIsGiven() {
    TestTeam team = TestTeam.create();
    String id = team.newDataset("before");

    team.request()
        .body(Map.of("description", "new"))
        .post("/datasets/" + id)
        .then()
        .statusCode(200)
        .body("name", equalTo("before"), "description", equalTo("new"));
    team.request().body(Map.of("name", "after")).post("/datasets/before").then().statusCode(200);
    team.request().body(Map.of("description", "")).post("/datasets/after").then().statusCode(200);

    team.request()
        .get("/datasets/" + id)
        .then()
        .body("name", equalTo("after"), "description", equalTo(""));
    team.request().get("/datasets/before").then().statusCode(404);
  }

  @Test
  void aNameIsTakenOncePerTeamAndFreeAgainAfterDeletion() {
    TestTeam team = TestTeam.create();
    team.newDataset("one");
    team.newDataset("two");

    team.request()
        .body(Map.of("name", "one"))
        .post("/datasets")
        .then()
        .statusCode(409)
        .body("detail", containsString("one"), "error.message", containsString("one"));
    team.request()
        .body(Map.of("name", "one"))
        .post("/datasets/two")
        .then()
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:dataset/name-taken"));
    TestTeam.create().newDataset("one");
    team.request().delete("/datasets/one").then().statusCode(204);
    team.newDataset("one");
  }

  @Test
  void ofManyWhoMakeTheSameNameAtOnceOneSucceeds() {
    TestTeam team = TestTeam.create();

    var statuses =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            team.request()
                                .body(Map.of("name", "same"))
                                .post("/datasets")
                                .statusCode()))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .sorted()
            .toList();

    assertThat(statuses).containsExactly(201, 409, 409, 409, 409, 409, 409, 409);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\": null}",
        "{\"name\": \"Upper\"}",
        "{\"name\": \"ref\"}",
        "{\"name\": \"dstaaaaaaaaaaaa\"}",
        "{\"name\": \"../up\"}",
        "[]",
        "",
      })
  void anUnusableNameIsRefusedAndNothingIsMade(String body) {
    TestTeam team = TestTeam.create();

    team.request()
        .body(body)
        .post("/datasets")
        .then()
        .statusCode(400)
        .body("detail", matchesPattern("(?s).{10,}"));

    team.request().get("/datasets").then().body("$", empty());
  }

  @Test
  void anUnknownProviderIsRefused() {
    String others = TestTeam.create().request().get("/storageProviders").path("[0].id");

    for (String provider : new String[] {others, "splnobodyknows", "x"}) {
      TestTeam.create()
          .request()
          .body(Map.of("name", "a", "storageProviderId", provider))
          .post("/datasets")
          .then()
          .statusCode(422)
          .body("detail", containsString(provider));
    }
  }

  @Test
  void whatIsNotThereSaysSo() {
    TestTeam team = TestTeam.create();

    team.request()
        .get("/datasets/nothing")
        .then()
        .statusCode(404)
        .body("error.statusCode", equalTo(404))
        .body("error.message", equalTo("There is no dataset nothing in your team."));
    team.request().delete("/datasets/nothing").then().statusCode(404);
    team.request().body("{}").post("/datasets/nothing").then().statusCode(404);
  }

  @Test
  void everyChangeIsAnEventInOrder() throws Exception {
    TestTeam team = TestTeam.create();
    TeamId teamId = new TeamId(team.id());
    ProviderId provider = new ProviderId(team.request().get("/storageProviders").path("[0].id"));
    DatasetId id = new DatasetId(team.newDataset("first"));
    team.request().body(Map.of("name", "second")).post("/datasets/" + id).then().statusCode(200);
    team.request().delete("/datasets/" + id).then().statusCode(204);

    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(log.events(id.text()))
                      .containsExactly(
                          new DatasetCreated(teamId, id, new DatasetName("first"), provider),
                          new DatasetUpdated(teamId, id, new DatasetName("second")),
                          new DatasetDeleted(teamId, id)));
      assertThat(log.of(id.text()))
          .extracting(entry -> entry.headers().sequence().getAsLong())
          .containsExactly(1L, 2L, 3L);
    }
  }
}
