package io.moraine.dataset.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.moraine.dataset.LyingBucket;
import io.moraine.dataset.LyingBucket.Conditions;
import io.moraine.dataset.TestBucket;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The calls of the original client about storage providers, and what a probe says. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ProviderTest {
  private TestTeam team;

  @BeforeEach
  void freshTeam() {
    team = TestTeam.create();
  }

  @Test
  void oneIsMadeOfABucketThatDoesEverything() {
    TestBucket bucket = TestBucket.create();
    String id =
        create("minio", bucket.config())
            .statusCode(201)
            .body("id", matchesPattern("spl[0-9a-z]{12}"))
            .body("type", equalTo("s3"))
            .body("name", equalTo("minio"))
            .body("managed", equalTo(false))
            .body("config.bucket", equalTo(bucket.name()))
            .body("config.accessKey", equalTo(TestBucket.accessKey()))
            .body("config.secretAccessKey", equalTo("********"))
            .body("config.endpoint", equalTo(bucket.endpoint().toString()))
            .body("config", not(hasKey("region")))
            .body(
                "checks.name",
                contains(
                    "write",
                    "read",
                    "list",
                    "delete",
                    "tampered-body-refused",
                    "conditional-put",
                    "https"))
            .body("checks.findAll { it.ok }", hasSize(6))
            .body("checks.find { it.name == 'https' }.instead", containsString("in clear"))
            .extract()
            .path("id");

    team.request()
        .get("/storageProviders/" + id)
        .then()
        .statusCode(200)
        .body("name", equalTo("minio"))
        .body("config.secretAccessKey", equalTo("********"));
    // As the client asks: one more than it shows, in the order of names.
    team.request()
        .get(
            "/storageProviders?filter%5Blimit%5D=21&filter%5Bskip%5D=0&filter%5Border%5D%5B%5D=name+ASC")
        .then()
        .statusCode(200)
        .body("name", contains("Gradient Managed", "minio"))
        .body("managed", contains(true, false));
    assertThat(bucket.keys()).as("nothing of the probe is left").isEmpty();
  }

  @Test
  void anUpdateChangesTheKeysThatAreGivenAndNoOthers() {
    TestBucket bucket = TestBucket.create();
    TestBucket other = TestBucket.create();
    Map<String, String> config = bucket.config();
    config.put("region", "eu-1");
    config.put("signatureVersion", "v4");
    config.put("urlStyle", "path");
    String id = TestBucket.provider(team, "minio", config);

    change(id, Map.of("config", Map.of("bucket", other.name())))
        .statusCode(200)
        .body("config.bucket", equalTo(other.name()))
        .body("config.region", equalTo("eu-1"))
        .body("config.accessKey", equalTo(TestBucket.accessKey()));
    change(id, Map.of("name", "renamed"))
        .statusCode(200)
        .body("name", equalTo("renamed"))
        .body("config.bucket", equalTo(other.name()));
    change(
            id,
            Map.of(
                "config",
                Map.of("region", "", "signatureVersion", "", "urlStyle", "", "prefix", "p/q")))
        .statusCode(200)
        .body("config", not(hasKey("region")))
        .body("config", not(hasKey("signatureVersion")))
        .body("config", not(hasKey("urlStyle")))
        .body("config.prefix", equalTo("p/q"));
    // What must not be empty is no change when it is, nor is the mask of an answer.
    change(
            id,
            Map.of(
                "config",
                Map.of("bucket", "", "accessKey", "", "secretAccessKey", "********", "prefix", "")))
        .statusCode(200)
        .body("config.bucket", equalTo(other.name()))
        .body("config", not(hasKey("prefix")));
    change(id, Map.of("config", Map.of("secretAccessKey", ""))).statusCode(200);
    change(id, Map.of()).statusCode(200).body("name", equalTo("renamed"));
    change(id, Map.of("name", "")).statusCode(200).body("name", equalTo("renamed"));
    // It still works with all that stayed.
    team.request()
        .post("/storageProviders/" + id + "/probe")
        .then()
        .statusCode(200)
        .body("checks.findAll { it.ok }", hasSize(6));
  }

  @Test
  void anUpdateThatDoesNotWorkSavesNothing() {
    String id = TestBucket.create().providerOf(team, "minio");
    String before = team.request().get("/storageProviders/" + id).asString();

    change(id, Map.of("name", "other", "config", Map.of("secretAccessKey", "wrong")))
        .statusCode(422)
        .body("type", containsString("provider/refuses"));
    change(id, Map.of("config", Map.of("bucket", "nowhere-at-all")))
        .statusCode(422)
        .body("detail", containsString("nowhere-at-all"));
    assertThat(team.request().get("/storageProviders/" + id).asString()).isEqualTo(before);
    team.request().post("/storageProviders/" + id + "/probe").then().statusCode(200);
  }

  @Test
  void whatDatasetsLieInNeitherMovesNorGoes() {
    TestBucket bucket = TestBucket.create();
    String id = bucket.providerOf(team, "minio");
    String dataset = TestBucket.dataset(team, "faces", id);
    TestVersion.open(team, dataset).with("a", new byte[] {1}).committed();

    team.request()
        .delete("/storageProviders/" + id)
        .then()
        .statusCode(409)
        .body("type", containsString("provider/in-use"))
        .body("detail", containsString("1 of your datasets"))
        .body("error.message", containsString("faces"));
    for (Map<String, String> move :
        List.of(Map.of("prefix", "p"), Map.of("bucket", TestBucket.create().name()))) {
      change(id, Map.of("config", move))
          .statusCode(409)
          .body("type", containsString("provider/in-use"))
          .body("detail", containsString("faces"));
    }
    change(id, Map.of("name", "renamed", "config", Map.of("region", "eu-1"))).statusCode(200);

    team.request().delete("/datasets/faces").then().statusCode(204);
    team.request().delete("/storageProviders/" + id).then().statusCode(204);
    team.request().get("/storageProviders/" + id).then().statusCode(404);
    team.request().delete("/storageProviders/" + id).then().statusCode(404);
    assertThat(bucket.keys()).as("the bucket is the team's").isNotEmpty();
  }

  @Test
  void anEndpointMayChangeOnlyToWhereTheSameObjectsAre() throws IOException {
    TestBucket bucket = TestBucket.create();
    String id = bucket.providerOf(team, "minio");
    TestVersion version =
        TestVersion.open(team, TestBucket.dataset(team, "faces", id)).with("a", new byte[] {1});

    URI sameServer = URI.create("http://localhost:" + bucket.endpoint().getPort());
    change(id, Map.of("config", Map.of("endpoint", sameServer.toString()))).statusCode(200);
    try (LyingBucket empty = new LyingBucket(true, Conditions.HONOURED, "x")) {
      Map<String, String> elsewhere = new HashMap<>(empty.config());
      elsewhere.put("bucket", bucket.name());
      change(id, Map.of("config", elsewhere))
          .statusCode(409)
          .body("type", containsString("provider/other-bucket"));
    }
    version.committed();
  }

  @Test
  void theManagedOneIsNobodysToChange() {
    String managed = team.request().get("/storageProviders").path("[0].id");

    change(managed, Map.of("name", "mine")).statusCode(409);
    team.request().delete("/storageProviders/" + managed).then().statusCode(409);
    team.request()
        .post("/storageProviders/" + managed + "/probe")
        .then()
        .statusCode(409)
        .body("type", containsString("provider/managed"))
        .body("detail", containsString("Gradient Managed"));
  }

  @Test
  void writingTakesAnAdmin() {
    TestBucket bucket = TestBucket.create();
    String id = bucket.providerOf(team, "minio");
    String writer = team.newKey("writer");

    TestTeam.as(writer)
        .body(Map.of("name", "x", "config", bucket.config()))
        .post("/storageProviders")
        .then()
        .statusCode(403);
    TestTeam.as(writer).body(Map.of()).post("/storageProviders/" + id).then().statusCode(403);
    TestTeam.as(writer).post("/storageProviders/" + id + "/probe").then().statusCode(403);
    TestTeam.as(writer).delete("/storageProviders/" + id).then().statusCode(403);
    TestTeam.as(writer).get("/storageProviders/" + id).then().statusCode(200);
  }

  @Test
  void anotherTeamsIsNotThere() {
    String id = TestBucket.create().providerOf(team, "minio");
    TestTeam stranger = TestTeam.create();

    stranger.request().get("/storageProviders/" + id).then().statusCode(404);
    stranger.request().body(Map.of()).post("/storageProviders/" + id).then().statusCode(404);
    stranger.request().delete("/storageProviders/" + id).then().statusCode(404);
    stranger
        .request()
        .body(Map.of("name", "faces", "storageProviderId", id))
        .post("/datasets")
        .then()
        .statusCode(422)
        .body("type", containsString("dataset/unknown-provider"));
  }

  @Test
  void namesAreOnesOwnInATeam() {
    TestBucket bucket = TestBucket.create();
    bucket.providerOf(team, "minio");
    String other = bucket.providerOf(team, "other");

    create("minio", bucket.config())
        .statusCode(409)
        .body("type", containsString("provider/name-taken"));
    change(other, Map.of("name", "minio")).statusCode(409);
    create("Gradient Managed", bucket.config()).statusCode(409);
  }

  @Test
  void whatDoesNotAnswerIsNotSaved() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    Map<String, String> config = TestBucket.create().config();
    config.put("endpoint", "http://127.0.0.1:" + free);
    create("away", config)
        .statusCode(422)
        .body("type", containsString("provider/unreachable"))
        .body("detail", containsString("127.0.0.1:" + free));
    config.put("endpoint", "http://no-such-host.invalid");
    create("nowhere", config)
        .statusCode(422)
        .body("detail", containsString("there is no such host"));
    team.request().get("/storageProviders").then().body("name", contains("Gradient Managed"));
  }

  @Test
  void whatDoesNotListOrDeleteIsOfNoUse() throws IOException {
    try (LyingBucket bucket = new LyingBucket(true, Conditions.HONOURED, "x").withoutListings()) {
      create("x", bucket.config())
          .statusCode(422)
          .body("detail", containsString("list objects"))
          .body("detail", containsString("s3:ListBucket"));
    }
    try (LyingBucket bucket = new LyingBucket(true, Conditions.HONOURED, "x").withoutDeletions()) {
      create("x", bucket.config())
          .statusCode(422)
          .body("detail", containsString("delete an object"));
    }
  }

  /** What the answer says of providers that do less. */
  @ParameterizedTest
  @CsvSource({
    "true, HONOURED, true, true, ''",
    "true, IGNORED, true, false, with the same bytes",
    "true, UNKNOWN, true, false, with the same bytes",
    "false, HONOURED, false, true, hashes every object",
    "false, IGNORED, false, false, a name of its own",
    "false, UNKNOWN, false, false, a name of its own"
  })
  void whatAProviderLacksIsSaidAndWhatIsDoneInstead(
      boolean checksums,
      Conditions conditions,
      boolean refusesTampered,
      boolean keeps,
      String instead)
      throws IOException {
    try (LyingBucket bucket = new LyingBucket(checksums, conditions, "secret")) {
      ValidatableResponse made = create("lying", bucket.config()).statusCode(201);
      made.body("checks.find { it.name == 'tampered-body-refused' }.ok", equalTo(refusesTampered))
          .body("checks.find { it.name == 'conditional-put' }.ok", equalTo(keeps));
      List<String> said = made.extract().path("checks.instead.findAll { it != null }");
      assertThat(String.join("\n", said)).contains(instead);
      assertThat(bucket.objects()).isEmpty();
    }
  }

  @Test
  void aSecondProbeLearnsWhatChanged() throws IOException {
    try (LyingBucket before = new LyingBucket(false, Conditions.IGNORED, "secret");
        LyingBucket after = new LyingBucket(true, Conditions.HONOURED, "secret")) {
      String id = TestBucket.provider(team, "lying", before.config());
      change(id, Map.of("config", Map.of("endpoint", after.endpoint().toString())))
          .statusCode(200)
          .body("checks.findAll { it.ok }", hasSize(6));
      team.request()
          .post("/storageProviders/" + id + "/probe")
          .then()
          .statusCode(200)
          .body("checks.findAll { it.ok }", hasSize(6));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bucket, '', config.bucket is missing",
    "accessKey, '', config.accessKey is missing",
    "secretAccessKey, '', config.secretAccessKey is missing",
    "secretAccessKey, ********, config.secretAccessKey is missing",
    "bucket, a/b, config.bucket",
    "endpoint, ftp://127.0.0.1, config.endpoint must be",
    "endpoint, http://user:secret@127.0.0.1, config.endpoint must be",
    "endpoint, http://127.0.0.1/path, config.endpoint must be",
    "endpoint, http://127.0.0.1?x=y, config.endpoint must be",
    "endpoint, 'http://not a host', config.endpoint is not a URL",
    "signatureVersion, v2, only v4",
    "prefix, /a, config.prefix",
    "prefix, a//b, config.prefix",
    "prefix, a/../b, config.prefix",
    "prefix, ü, config.prefix",
    "urlStyle, both, config.urlStyle",
    "urlStyle, virtual, use path"
  })
  void whatCanBeNoConfigurationIsRefusedByName(String key, String value, String said) {
    Map<String, String> config = TestBucket.create().config();
    config.put(key, value);

    create("x", config).statusCode(400).body("detail", containsString(said));
  }

  @Test
  void whatCanBeNoProviderIsRefused() {
    Map<String, String> config = TestBucket.create().config();
    for (Map<String, ?> bad :
        List.<Map<String, ?>>of(
            Map.of("name", "x"),
            Map.of("config", config),
            Map.of("name", " ", "config", config),
            Map.of("name", "a\nb", "config", config),
            Map.of("name", "n".repeat(129), "config", config),
            Map.of("name", "x", "type", "gcs", "config", config))) {
      team.request().body(bad).post("/storageProviders").then().statusCode(400);
    }
  }

  private ValidatableResponse create(String name, Map<String, String> config) {
    return team.request()
        .body(Map.of("type", "s3", "name", name, "config", config))
        .post("/storageProviders")
        .then();
  }

  private ValidatableResponse change(String id, Map<String, ?> change) {
    return team.request().body(change).post("/storageProviders/" + id).then();
  }
}
