package io.moraine.kit.auth;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class AuthenticationTest {
  @Inject KnownKeys known;

  private final TeamId team = TeamId.random();

  @Test
  void theCallerIsWhoTheKeySays() {
    ApiKey key = known.add(Role.READER, Optional.of(team));

    given()
        .header("X-API-Key", key.text())
        .get("/who")
        .then()
        .statusCode(200)
        .body("team", equalTo(team.text()), "key", equalTo(key.id()));
    given()
        .header("Authorization", "Bearer " + key.text())
        .get("/who")
        .then()
        .body("key", equalTo(key.id()));
  }

  @Test
  void eachRoleMayWhatItMay() {
    for (Role role : List.of(Role.READER, Role.WRITER, Role.ADMIN)) {
      String key = known.add(role, Optional.of(team)).text();
      given().header("X-API-Key", key).get("/who").then().statusCode(200);
      given().header("X-API-Key", key).head("/who").then().statusCode(200);
      given()
          .header("X-API-Key", key)
          .post("/who")
          .then()
          .statusCode(role.allows(Role.WRITER) ? 200 : 403);
      given()
          .header("X-API-Key", key)
          .delete("/who")
          .then()
          .statusCode(role.allows(Role.ADMIN) ? 200 : 403);
    }
  }

  @Test
  void aServiceNamesItsTeamAndOthersCannot() {
    String service = known.add(Role.SERVICE, Optional.empty()).text();
    String user = known.add(Role.ADMIN, Optional.of(team)).text();
    TeamId other = TeamId.random();

    given()
        .header("X-API-Key", service)
        .header("X-Moraine-Team", other.text())
        .get("/who")
        .then()
        .body("team", equalTo(other.text()));
    given()
        .header("X-API-Key", user)
        .header("X-Moraine-Team", other.text())
        .get("/who")
        .then()
        .body("team", equalTo(team.text()));
    given().header("X-API-Key", service).get("/who").then().statusCode(400);
    given()
        .header("X-API-Key", service)
        .header("X-Moraine-Team", "../x")
        .get("/who")
        .then()
        .statusCode(400);
  }

  @Test
  void whoIsNotKnownIsRefusedInWords() {
    given()
        .get("/who")
        .then()
        .statusCode(401)
        .contentType("application/problem+json")
        .body("detail", containsString("X-API-Key"), "error.name", equalTo("request/unknown-key"));
    given().header("X-API-Key", "nonsense").get("/who").then().statusCode(401);
    given().header("X-API-Key", ApiKey.random().text()).get("/who").then().statusCode(401);
  }

  @Test
  void aKeyIsAskedForOnceHoweverManyRequestsItMakes() {
    String key = known.add(Role.READER, Optional.of(team)).text();
    int before = known.asked.get();

    for (int i = 0; i < 5; i++) {
      given().header("X-API-Key", key).get("/who").then().statusCode(200);
    }

    assertThat(known.asked.get() - before).isEqualTo(1);
  }

  @Test
  void requestsThatWaitForTheSameAnswerStayTheirOwn() {
    ExecutorService callers = Executors.newFixedThreadPool(16);
    try {
      for (int round = 0; round < 10; round++) {
        String service = known.add(Role.SERVICE, Optional.empty()).text();
        List<TeamId> teams = IntStream.range(0, 16).mapToObj(i -> TeamId.random()).toList();
        List<CompletableFuture<String>> answers =
            teams.stream()
                .map(
                    t ->
                        CompletableFuture.supplyAsync(
                            () ->
                                given()
                                    .header("X-API-Key", service)
                                    .header("X-Moraine-Team", t.text())
                                    .get("/who")
                                    .path("team")
                                    .toString(),
                            callers))
                .toList();
        assertThat(answers.stream().map(CompletableFuture::join).toList())
            .isEqualTo(teams.stream().map(TeamId::text).toList());
      }
    } finally {
      callers.shutdownNow();
    }
  }
}
