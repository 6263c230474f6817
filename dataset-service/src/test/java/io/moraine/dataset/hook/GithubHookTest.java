package io.moraine.dataset.hook;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.imports.GitSource;
import io.moraine.dataset.imports.TestImport;
import io.moraine.dataset.imports.WebSource;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class GithubHookTest {
  private static final long DAY_SECONDS = 86_400;
  private static final String ZEROS = "0".repeat(40);

  @TempDir Path directory;

  private WebSource web;
  private GitSource git;
  private TestTeam team;

  @BeforeEach
  void newWorld() throws Exception {
    web = new WebSource();
    git = new GitSource(directory.resolve("r.git"), web, "/r.git");
    team = TestTeam.create();
    team.newDataset("faces");
  }

  @AfterEach
  void close() {
    git.close();
    web.close();
  }

  private JsonPath newHook(Map<String, Object> more) {
    Map<String, Object> source = new HashMap<>(more);
    source.put("type", "git");
    source.put("url", web.url("/r.git"));
    return team.request()
        .body(Map.of("source", source, "message", "A push", "tags", List.of("main")))
        .post("/datasets/faces/hooks")
        .then()
        .statusCode(201)
        .extract()
        .jsonPath();
  }

  private static String push(String ref, String commit) {
    return """
    {"ref": "%s", "after": "%s", "deleted": %s, "repository": {"default_branch": "main"}}
    """
        .formatted(ref, commit, commit.equals(ZEROS));
  }

  private static String push(String ref, String commit, long pushedAt) {
    return """
    {"ref": "%s", "after": "%s", "repository": {"default_branch": "main", "pushed_at": %d}}
    """
        .formatted(ref, commit, pushedAt);
  }

  private static ValidatableResponse deliver(
      JsonPath hook, String event, String delivery, String body) throws Exception {
    return deliver(hook.getString("path"), event, delivery, body, hook.getString("secret"));
  }

  private static ValidatableResponse deliver(
      String path, String event, String delivery, String body, String secret) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    String signature = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
    return delivery(event, delivery)
        .header("X-Hub-Signature-256", signature)
        .body(body)
        .post(path)
        .then();
  }

  private static RequestSpecification delivery(String event, String delivery) {
    return given()
        .contentType("application/json")
        .header("X-GitHub-Event", event)
        .header("X-GitHub-Delivery", delivery);
  }

  @Test
  void everyPushBecomesAVersion() throws Exception {
    JsonPath hook = newHook(Map.of());
    String first = git.file("a", "1".getBytes(UTF_8)).commit("refs/heads/main");
    String id =
        deliver(hook, "push", "d-1", push("refs/heads/main", first))
            .statusCode(202)
            .extract()
            .path("id");
    TestVersion one = new TestImport(team, "faces", id).done();
    String second = git.file("a", "2".getBytes(UTF_8)).commit("refs/heads/main");
    // The branch has moved on: each push is its own commit.
    git.file("a", "3".getBytes(UTF_8)).commit("refs/heads/main");
    id =
        deliver(hook, "push", "d-2", push("refs/heads/main", second))
            .statusCode(202)
            .extract()
            .path("id");
    TestVersion two = new TestImport(team, "faces", id).done();

    assertThat(one.request().get(one.file("a")).asString()).isEqualTo("1");
    assertThat(two.request().get(two.file("a")).asString()).isEqualTo("2");
    assertThat(TestImport.message(two)).startsWith("A push").contains(second);
    team.request()
        .get("/datasets/faces/tags/main")
        .then()
        .body("version.version", equalTo(two.id()));
  }

  @Test
  void theSameDeliveryAgainMakesNoSecondImport() throws Exception {
    JsonPath hook = newHook(Map.of());
    String commit = git.file("a", new byte[1]).commit("refs/heads/main");
    String delivery = UUID.randomUUID().toString();

    String first =
        deliver(hook, "push", delivery, push("refs/heads/main", commit)).extract().path("id");
    String again =
        deliver(hook, "push", delivery, push("refs/heads/main", commit))
            .statusCode(202)
            .extract()
            .path("id");

    assertThat(again).isEqualTo(first);
    team.request().get("/datasets/faces/imports").then().body("items", hasSize(1));
  }

  @Test
  void theSameWordsUnderAnotherNameAreTheSameDelivery() throws Exception {
    JsonPath hook = newHook(Map.of());
    String commit = git.file("a", new byte[1]).commit("refs/heads/main");

    String first =
        deliver(hook, "push", "d-1", push("refs/heads/main", commit)).extract().path("id");
    String again =
        deliver(hook, "push", "d-2", push("refs/heads/main", commit)).extract().path("id");

    assertThat(again).isEqualTo(first);
    team.request().get("/datasets/faces/imports").then().body("items", hasSize(1));
  }

  @Test
  void aPushOfLongAgoIsAnsweredAndDoesNothing() throws Exception {
    JsonPath hook = newHook(Map.of());
    String commit = git.file("a", new byte[1]).commit("refs/heads/main");
    long now = Instant.now().getEpochSecond();

    deliver(hook, "push", "d-1", push("refs/heads/main", commit, now - 8 * DAY_SECONDS))
        .statusCode(200)
        .body("ignored", containsString("older than 7 days"));
    deliver(hook, "push", "d-2", push("refs/heads/main", commit, now - 6 * DAY_SECONDS))
        .statusCode(202);

    team.request().get("/datasets/faces/imports").then().body("items", hasSize(1));
  }

  @Test
  void whatIsNotSignedWithItsSecretIsRefused() throws Exception {
    JsonPath hook = newHook(Map.of());
    JsonPath other = newHook(Map.of());
    String body = push("refs/heads/main", ZEROS.replace('0', '1'));
    String path = hook.getString("path");

    deliver(path, "push", "d", body, other.getString("secret"))
        .statusCode(401)
        .body("type", equalTo("urn:moraine:problem:hook/wrong-signature"));
    delivery("push", "d").body(body).post(path).then().statusCode(401);
    delivery("push", "d")
        .header("X-Hub-Signature-256", "sha256=00")
        .body(body)
        .post(path)
        .then()
        .statusCode(401);
    deliver("/hooks/github/hk000000000000", "push", "d", body, "x").statusCode(404);
    deliver("/hooks/github/nothing", "push", "d", body, "x").statusCode(404);

    team.request().get("/datasets/faces/imports").then().body("items", hasSize(0));
  }

  @Test
  void whatIsNoPushToItsBranchIsAnsweredAndDoesNothing() throws Exception {
    JsonPath hook = newHook(Map.of("ref", "release"));
    String commit = git.file("a", new byte[1]).commit("refs/heads/main");

    deliver(hook, "ping", "d-1", "{\"zen\": \"Keep it logically awesome.\"}").statusCode(200);
    deliver(hook, "push", "d-2", push("refs/heads/main", commit))
        .statusCode(200)
        .body("ignored", containsString("refs/heads/main"));
    deliver(hook, "push", "d-3", push("refs/heads/release", ZEROS))
        .statusCode(200)
        .body("ignored", containsString("deleted"));

    team.request().get("/datasets/faces/imports").then().body("items", hasSize(0));
  }

  @Test
  void itsSecretIsShownOnceAndWhatOpensItsSourceNever() {
    JsonPath hook = newHook(Map.of("token", "canary"));

    String listed = team.request().get("/datasets/faces/hooks").asString();

    assertThat(hook.getString("secret")).hasSize(40);
    assertThat(listed)
        .contains(hook.getString("id"))
        .doesNotContain(hook.getString("secret"))
        .doesNotContain("canary");
    team.request().get("/datasets/faces/hooks").then().body("[0].secret", nullValue());
  }

  @Test
  void deletedItIsNotFound() throws Exception {
    JsonPath hook = newHook(Map.of());
    String path = "/datasets/faces/hooks/" + hook.getString("id");

    team.request().delete(path).then().statusCode(204);

    team.request().delete(path).then().statusCode(404);
    deliver(hook, "ping", "d", "{}").statusCode(404);
  }

  @Test
  void onlyAdminsHaveHooksAndOnlyOfRepositories() {
    TestTeam writer = new TestTeam(team.id(), team.newKey("writer"));
    writer.request().get("/datasets/faces/hooks").then().statusCode(403);

    team.request()
        .body(Map.of("source", Map.of("type", "url", "url", "http://h/x")))
        .post("/datasets/faces/hooks")
        .then()
        .statusCode(400)
        .body("detail", containsString("git"));
  }
}
