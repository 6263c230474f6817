package io.moraine.dataset;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;

import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** What has to be true of every route that the OpenAPI document declares, whatever it does. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class EveryRouteTest {
  private static final String OPEN_TO_ALL = "/tokens/keys";

  /** Its deliveries are signed: who does not know the secret is refused, whatever key there is. */
  private static final String SIGNED = "/hooks/github/{hook}";

  /** Everything that any route asks for: members that a call does not know are ignored. */
  private static final String BODY =
      """
      {"name": "another", "role": "reader", "version": "%s", "expiresInSeconds": 60,
       "message": "changed", "description": "changed", "isCommitted": true,
       "contents": [], "objects": [], "calls": [], "value": "hush",
       "source": {"type": "git", "url": "http://127.0.0.1:1/r.git"},
       "spec": {"jobs": {"main": {"outputs": {"made": {"type": "dataset", "with": {"ref": "faces"}}}}}}}
      """;

  private record Route(String method, String path) {
    /** Asks about more than fits into a query. */
    boolean onlyReads() {
      return List.of("get", "head").contains(method)
          || path.endsWith("/contents:locate")
          || path.endsWith("/s3/preSignedUrls");
    }

    /** Answers the same whether there is anything to let go or not, and lets go of nothing. */
    boolean letsGo() {
      return method.equals("delete") && path.endsWith("/holds/{holder}");
    }

    boolean isOfOneThing() {
      return path.contains("{") && !isOfWhoeverAsks();
    }

    /** Everybody's own, whatever it is called. */
    private boolean isOfWhoeverAsks() {
      return path.contains("/secrets");
    }
  }

  @Test
  void withAnotherTeamsKeyThereIsNothing() {
    TestVersion theirs = world();
    TestTeam stranger = TestTeam.create();
    Map<String, String> names = names(theirs);
    SoftAssertions checks = new SoftAssertions();

    for (Route route : routes()) {
      Response answer = call(route, names, stranger.key());
      if (route.letsGo()) {
        checks.assertThat(answer.statusCode()).as("%s", route).isEqualTo(204);
      } else if (route.path().equals(SIGNED)) {
        checks.assertThat(answer.statusCode()).as("%s", route).isEqualTo(401);
      } else if (route.isOfOneThing()) {
        checks.assertThat(answer.statusCode()).as("%s", route).isIn(403, 404);
      } else {
        checks.assertThat(answer.statusCode()).as("%s", route).isLessThan(500);
        checks
            .assertThat(answer.asString())
            .as("%s", route)
            .doesNotContain(theirs.dataset())
            .doesNotContain(theirs.team().id());
      }
    }

    checks.assertAll();
    requireUntouched(theirs);
  }

  @Test
  void withoutAKeyThereIsNothingButThePublicKey() {
    TestVersion theirs = world();
    SoftAssertions checks = new SoftAssertions();

    for (Route route : routes()) {
      int status = call(route, names(theirs), "").statusCode();
      checks
          .assertThat(status)
          .as("%s", route)
          .isEqualTo(route.path().equals(OPEN_TO_ALL) ? 200 : 401);
    }

    checks.assertAll();
    requireUntouched(theirs);
  }

  @Test
  void aReaderChangesNothing() {
    TestVersion own = world();
    String reader = own.team().newKey("reader");
    SoftAssertions checks = new SoftAssertions();

    for (Route route : routes()) {
      if (!route.onlyReads()) {
        int status = call(route, names(own), reader).statusCode();
        checks
            .assertThat(status)
            .as("%s", route)
            .isEqualTo(route.path().equals(SIGNED) ? 401 : 403);
      }
    }

    checks.assertAll();
    requireUntouched(own);
  }

  @Test
  void ofOnesOwnThingsNoRouteFails() {
    SoftAssertions checks = new SoftAssertions();

    for (Route route : routes()) {
      // One route may take away what the next one needs, the key included.
      TestVersion own = world();
      Response answer = call(route, names(own), own.team().key());
      checks.assertThat(answer.statusCode()).as("%s: %s", route, answer.asString()).isLessThan(500);
    }

    checks.assertAll();
  }

  @Test
  void everyRouteIsDescribed() {
    Map<String, Map<String, Map<String, Object>>> paths = document();

    assertThat(routes()).hasSizeGreaterThan(25);
    assertThat(routes())
        .allSatisfy(
            route ->
                assertThat((String) paths.get(route.path()).get(route.method()).get("summary"))
                    .isNotBlank());
  }

  /** A version with a file, a tag, a hold, a hook and an import, of a team of its own. */
  private static TestVersion world() {
    TestVersion version = TestVersion.open().with("a.txt", new byte[] {1, 2, 3}).committed();
    RequestSpecification request = version.team().request();
    request
        .body(Map.of("version", version.id()))
        .put("/datasets/faces/tags/prod")
        .then()
        .statusCode(200);
    version
        .team()
        .request()
        .body(Map.of("expiresInSeconds", 600))
        .put("/datasets/ref/faces/holds/holder")
        .then()
        .statusCode(200);
    Map<String, Object> repository =
        Map.of("source", Map.of("type", "git", "url", "http://127.0.0.1:1/r.git"));
    for (String collection : List.of("/imports", "/hooks")) {
      version.team().request().body(repository).post("/datasets/faces" + collection).then();
    }
    return version;
  }

  private static void requireUntouched(TestVersion version) {
    assertThat(version.request().get(version.file("a.txt")).asByteArray()).containsExactly(1, 2, 3);
    version.team().request().get("/datasets/faces/tags").then().body("name", contains("prod"));
    version
        .team()
        .request()
        .get(version.path() + "/holds")
        .then()
        .body("holder", contains("holder"));
    version.team().request().get("/datasets").then().body("name", contains("faces"));
  }

  private static Map<String, String> names(TestVersion version) {
    String provider = version.team().request().get("/storageProviders").path("[0].id");
    String hook = version.team().request().get("/datasets/faces/hooks").path("[0].id");
    String made = version.team().request().get("/datasets/faces/imports").path("items[0].id");
    return Map.ofEntries(
        Map.entry("dataset", version.dataset()),
        Map.entry("version", version.id()),
        Map.entry("namespace", version.team().id()),
        Map.entry("name", "faces"),
        Map.entry("workflow", workflow(version.team())),
        Map.entry("number", "1"),
        Map.entry("secret", "token"),
        Map.entry("ref", version.dataset() + ":" + version.id()),
        Map.entry("tag", "prod"),
        Map.entry("holder", "holder"),
        Map.entry("hook", hook),
        Map.entry("import", made),
        Map.entry("path", "a.txt"),
        Map.entry("provider", provider),
        Map.entry("team", version.team().id()),
        Map.entry("key", version.team().key().split("_")[1]),
        Map.entry("versions", version.id() + "..." + version.id()),
        Map.entry("rebuild", "6e4f5a52-0000-4000-8000-000000000000"));
  }

  /** A workflow that ran once. */
  private static String workflow(TestTeam team) {
    String id = team.request().body(Map.of("name", "train")).post("/workflows").path("id");
    team.request()
        .body(BODY.formatted("none"))
        .post("/workflows/" + id + "/runs")
        .then()
        .statusCode(201);
    return id;
  }

  private static Response call(Route route, Map<String, String> names, String key) {
    String path = route.path();
    for (Map.Entry<String, String> name : names.entrySet()) {
      path = path.replace("{" + name.getKey() + "}", name.getValue());
    }
    assertThat(path).as("a value for every parameter").doesNotContain("{");
    RequestSpecification request = given().header("X-API-Key", key).urlEncodingEnabled(false);
    if (route.path().equals("/introspect")) {
      request = request.formParam("token", "x");
    } else if (route.method().equals("post") && path.endsWith("/files")) {
      request = request.contentType("application/x-ndjson").body(new byte[] {9});
    } else if (route.method().equals("put") && path.contains("/files/")) {
      request = request.contentType("application/octet-stream").body(new byte[] {9});
    } else if (route.method().equals("put") || route.method().equals("post")) {
      request = request.contentType("application/json").body(BODY.formatted(names.get("version")));
    }
    return request.request(route.method().toUpperCase(java.util.Locale.ROOT), path);
  }

  private static List<Route> routes() {
    return document().entrySet().stream()
        .flatMap(
            path ->
                path.getValue().keySet().stream()
                    .filter(
                        method -> List.of("get", "head", "put", "post", "delete").contains(method))
                    .map(method -> new Route(method, path.getKey())))
        .toList();
  }

  private static Map<String, Map<String, Map<String, Object>>> document() {
    return given().get("/q/openapi?format=json").then().statusCode(200).extract().path("paths");
  }
}
