package io.moraine.dataset.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.not;

import io.moraine.dataset.TestTeam;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class SecretTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Inject Secrets secrets;
  @Inject SecretStore store;
  @Inject Pool pool;
  private TestTeam team;

  @BeforeEach
  void begin() {
    team = TestTeam.create();
  }

  private void set(String path, String value) {
    team.request().body(Map.of("value", value)).put(path).then().statusCode(200);
  }

  private Optional<String> open(TestTeam whose, String reference) {
    return secrets.open(new TeamId(whose.id()), reference).await().atMost(PATIENCE);
  }

  @Test
  void aSecretIsListedByNameAndToldToNobody() {
    set("/teams/secrets/token", "hush");
    set("/teams/secrets/other", "hush");
    set("/projects/secrets/token?projectId=p1", "hush");

    team.request()
        .get("/teams/secrets?teamId=" + team.id())
        .then()
        .body("name", contains("other", "token"))
        .body(not(Matchers.containsString("hush")));
    team.request().get("/projects/secrets?projectId=p1").then().body("name", contains("token"));
    team.request().get("/projects/secrets?projectId=p2").then().body("$", empty());
    team.request().get("/clusters/secrets?clusterId=p1").then().body("$", empty());
    TestTeam.create().request().get("/teams/secrets").then().body("$", empty());

    team.request().delete("/teams/secrets/token").then().statusCode(204);
    team.request().delete("/teams/secrets/token").then().statusCode(404);
    team.request().get("/teams/secrets").then().body("name", contains("other"));
    team.request().get("/projects/secrets?projectId=p1").then().body("name", contains("token"));
  }

  @Test
  void ourFeaturesOpenItForItsTeamAlone() {
    set("/teams/secrets/token", "old");
    set("/teams/secrets/token", "hush, ü");

    assertThat(open(team, "secret:token")).contains("hush, ü");
    assertThat(open(team, "secret:other")).isEmpty();
    assertThat(open(team, "token")).isEmpty();
    assertThat(open(TestTeam.create(), "secret:token")).isEmpty();
  }

  @Test
  void theDatabaseDoesNotSayIt() {
    set("/teams/secrets/token", "a value that nobody else has");

    byte[] stored =
        pool.preparedQuery("SELECT ciphertext FROM secret WHERE team = $1")
            .execute(Tuple.of(team.id()))
            .await()
            .atMost(PATIENCE)
            .iterator()
            .next()
            .getBuffer(0)
            .getBytes();
    assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain("nobody");
  }

  @Test
  void ephemeralOnesAreForATime() {
    String handle =
        team.request()
            .body(Map.of("token", "hush"))
            .post("/secrets/ephemeral?expiresIn=600")
            .then()
            .statusCode(200)
            .extract()
            .path("token");
    assertThat(open(team, "secret:ephemeral:" + handle)).contains("hush");
    assertThat(open(TestTeam.create(), "secret:ephemeral:" + handle)).isEmpty();

    pool.preparedQuery(
            "UPDATE ephemeral_secret SET expires_at = now() - interval '1 s' WHERE handle = $1")
        .execute(Tuple.of(handle))
        .await()
        .atMost(PATIENCE);

    assertThat(open(team, "secret:ephemeral:" + handle)).isEmpty();
    store.sweep(1_000).await().atMost(PATIENCE);
    assertThat(
            pool.preparedQuery("SELECT FROM ephemeral_secret WHERE handle = $1")
                .execute(Tuple.of(handle))
                .await()
                .atMost(PATIENCE)
                .size())
        .isZero();
    team.request()
        .body(Map.of("a", "b"))
        .post("/secrets/ephemeral?expiresIn=None")
        .then()
        .statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/teams/secrets/-x",
        "/teams/secrets/a%20b",
        "/projects/secrets/x",
        "/clusters/secrets/x?projectId=p"
      })
  void whatIsNoSecretIsRefused(String path) {
    team.request().body(Map.of("value", "v")).put(path).then().statusCode(400);
  }

  @Test
  void anotherTeamsAreNotSet() {
    team.request()
        .body(Map.of("value", "v"))
        .put("/teams/secrets/x?teamId=" + TestTeam.create().id())
        .then()
        .statusCode(404);
  }
}
