package io.moraine.dataset.team;

import static io.moraine.dataset.TestTeam.as;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.moraine.dataset.TestTeam;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class TeamTest {
  @Inject FirstTeamStartup startup;

  @Test
  void theInstallationBeginsWithAnOperatorTeamAndAServiceKey() throws Exception {
    startup.insertWhatIsMissing(new StartupEvent()); // a second start changes nothing

    as(TestTeam.operatorKey())
        .get("/teams/current")
        .then()
        .statusCode(200)
        .body("name", equalTo("default"), "role", equalTo("admin"));
    as(TestTeam.operatorKey())
        .get("/storageProviders")
        .then()
        .body("name", contains("Gradient Managed"));
  }

  @Test
  void keysAreListedPageByPageOldestFirst() {
    TestTeam team = TestTeam.create();
    team.newKey("reader");
    team.newKey("writer");
    String keys = "/teams/" + team.id() + "/keys";
    List<String> roles = new ArrayList<>();
    String page = keys + "?limit=1";

    while (page != null) {
      var answer = team.request().get(page).then().statusCode(200).extract();
      roles.addAll(answer.jsonPath().getList("role", String.class));
      String link = answer.header("Link");
      page = link == null ? null : keys + link.substring(1, link.indexOf('>'));
    }

    assertThat(roles).containsExactly("admin", "reader", "writer");
    team.request().get(keys + "?cursor=none").then().statusCode(400);
  }

  @Test
  void aNewTeamHasAnAdminKeyAndItsManagedProvider() {
    TestTeam team = TestTeam.create();

    team.request()
        .get("/teams/current")
        .then()
        .statusCode(200)
        .body("id", equalTo(team.id()), "role", equalTo("admin"));
    String provider =
        team.request()
            .get("/storageProviders?filter[limit]=21&filter[skip]=0&filter[order][]=name+ASC")
            .then()
            .statusCode(200)
            .body("name", contains("Gradient Managed"), "type", contains("s3"))
            .body("[0].config.secretAccessKey", equalTo("********"))
            .extract()
            .path("[0].id");
    team.request()
        .get("/storageProviders/" + provider)
        .then()
        .statusCode(200)
        .body("id", matchesPattern("spl[0-9a-z]{12}"), "config.bucket", equalTo("moraine"));
  }

  @Test
  void aTeamNameIsTakenOnce() {
    String name = "taken " + UUID.randomUUID();
    as(TestTeam.operatorKey()).body(Map.of("name", name)).post("/teams").then().statusCode(201);

    as(TestTeam.operatorKey())
        .body(Map.of("name", name))
        .post("/teams")
        .then()
        .statusCode(409)
        .body("detail", containsString(name));
  }

  @Test
  void onlyOperatorsAndServicesMakeTeams() {
    Map<String, String> body = Map.of("name", "a team " + UUID.randomUUID());
    TestTeam team = TestTeam.create();

    team.request().body(body).post("/teams").then().statusCode(403);
    as(TestTeam.serviceKey()).body(body).post("/teams").then().statusCode(201);
  }

  @Test
  void itsNamespaceIsItsNameWhereThatCanStandInARef() {
    TestTeam named = TestTeam.create(); // with a space
    named
        .request()
        .get("/teams/namespace")
        .then()
        .statusCode(200)
        .body(equalTo('"' + named.id() + '"'));
    String name = "gradient-" + UUID.randomUUID();
    String key =
        as(TestTeam.operatorKey())
            .body(Map.of("name", name))
            .post("/teams")
            .then()
            .statusCode(201)
            .extract()
            .path("key.key");
    as(key)
        .get("/teams/namespace")
        .then()
        .statusCode(200)
        .contentType(ContentType.JSON)
        .body(equalTo('"' + name + '"'));
  }

  @Test
  void aServiceNamesTheTeamItActsFor() {
    TestTeam team = TestTeam.create();

    as(TestTeam.serviceKey())
        .header("X-Moraine-Team", team.id())
        .get("/teams/current")
        .then()
        .statusCode(200)
        .body("id", equalTo(team.id()), "role", equalTo("service"));
    as(TestTeam.serviceKey())
        .get("/teams/current")
        .then()
        .statusCode(400)
        .body("detail", containsString("X-Moraine-Team"));
    as(TestTeam.serviceKey())
        .header("X-Moraine-Team", "tenobodyknows0")
        .get("/teams/current")
        .then()
        .statusCode(404);
  }

  @Test
  void aUsersKeyActsForNoOtherTeam() {
    TestTeam own = TestTeam.create();
    TestTeam other = TestTeam.create();

    own.request()
        .header("X-Moraine-Team", other.id())
        .get("/teams/current")
        .then()
        .body("id", equalTo(own.id()));
  }

  @Test
  void aKeyOfEachRoleDoesWhatItsRoleMay() {
    TestTeam team = TestTeam.create();
    String reader = team.newKey("reader");
    String writer = team.newKey("writer");

    as(reader).get("/datasets").then().statusCode(200);
    as(reader)
        .body(Map.of("name", "a"))
        .post("/datasets")
        .then()
        .statusCode(403)
        .body("detail", containsString("writer"));
    as(writer).body(Map.of("name", "a")).post("/datasets").then().statusCode(201);
    as(writer)
        .body(Map.of("role", "admin"))
        .post("/teams/" + team.id() + "/keys")
        .then()
        .statusCode(403);
    team.request()
        .body(Map.of("role", "service"))
        .post("/teams/" + team.id() + "/keys")
        .then()
        .statusCode(400);
  }

  @Test
  void aRevokedKeyIsRefusedAtOnce() {
    TestTeam team = TestTeam.create();
    String key = team.newKey("writer");
    String id = key.split("_")[1];
    as(key).get("/teams/current").then().statusCode(200);

    team.request().delete("/teams/" + team.id() + "/keys/" + id).then().statusCode(204);

    as(key).get("/teams/current").then().statusCode(401);
    team.request()
        .get("/teams/" + team.id() + "/keys")
        .then()
        .statusCode(200)
        .body("id", hasItem(id))
        .body("find { it.id == '" + id + "' }.dtRevoked", not(equalTo(null)));
  }

  @Test
  void listedKeysShowNoSecret() {
    TestTeam team = TestTeam.create();

    String listed = team.request().get("/teams/" + team.id() + "/keys").asString();

    assertThat(listed).contains(team.key().split("_")[1]).doesNotContain(team.key().split("_")[2]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "mk_AAAAAAAAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void anUnknownKeyIsRefusedWithAMessageThatTheGradientClientPrints(String key) {
    as(key)
        .get("/datasets")
        .then()
        .statusCode(401)
        .contentType("application/problem+json")
        .body("error.statusCode", equalTo(401), "error.message", containsString("X-API-Key"));
  }

  @Test
  void aRightIdWithAWrongSecretIsRefused() {
    TestTeam team = TestTeam.create();
    String forged = team.key().substring(0, team.key().length() - 4) + "0000";

    as(forged).get("/datasets").then().statusCode(401);
  }

  @Test
  void aBearerTokenDoesAsWellAndNoKeyDoesNot() {
    TestTeam team = TestTeam.create();

    given().header("Authorization", "Bearer " + team.key()).get("/datasets").then().statusCode(200);
    given().get("/datasets").then().statusCode(401);
  }

  @Test
  void anUnusableTeamNameIsRefused() {
    as(TestTeam.operatorKey()).body(Map.of("name", " ")).post("/teams").then().statusCode(400);
    as(TestTeam.operatorKey()).body("{}").post("/teams").then().statusCode(400);
    as(TestTeam.operatorKey()).body("{").post("/teams").then().statusCode(400);
    as(TestTeam.operatorKey()).post("/teams").then().statusCode(400);
  }
}
