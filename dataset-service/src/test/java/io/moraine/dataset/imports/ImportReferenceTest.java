package io.moraine.dataset.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.LyingBucket;
import io.moraine.dataset.LyingBucket.Conditions;
import io.moraine.dataset.PassingTime;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestBucket;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.events.Topic;
import io.moraine.events.dataset.SourceChanged;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.moraine.vocabulary.Sha256;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ImportReferenceTest {
  private static final int MIB = 1 << 20;
  private static final int PIECE = 32 * MIB;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration DAY = Duration.ofDays(1).plusMinutes(1);

  @Inject Pool database;

  private final HttpClient http = HttpClient.newHttpClient();
  private S3Client s3;
  private TestBucket lake;
  private TestTeam team;
  private String dataset;
  private String provider;

  @BeforeEach
  void newWorld() {
    s3 = client(TestBucket.server(), TestBucket.accessKey(), TestBucket.secretKey());
    lake = TestBucket.create();
    team = TestTeam.create();
    dataset = team.newDataset("faces");
    provider = lake.providerOf(team, "lake");
  }

  private static S3Client client(URI endpoint, String accessKey, String secretKey) {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
        .build();
  }

  @AfterEach
  void close() {
    s3.close();
  }

  @Test
  void filesAreReadFromWhereTheyLieAndNothingIsCopied() throws Exception {
    byte[] large = random(40 * MIB);
    byte[] middle = random(3 * MIB);
    put("in/large", large);
    put("in/middle", middle);
    put("in/empty", new byte[0]);
    put("in/ü b+c", "small".getBytes(UTF_8));

    TestVersion version = imported();
    // Nothing but the list of the large one's pieces, and what packs hold: the empty one and nodes.
    assertThat(StoredObjects.find(team.id() + "/blobs", "")).hasSize(1);
    assertThat(missing(version, blob(middle), blob(Arrays.copyOf(large, PIECE))))
        .containsExactlyInAnyOrder(blob(middle), blob(Arrays.copyOf(large, PIECE)));
    team.newDataset("copied");
    TestVersion copied = TestImport.begin(team, "copied", direct()).done();

    assertThat(TestImport.paths(version)).containsExactly("empty", "large", "middle", "ü b+c");
    assertThat(read(version, "large")).isEqualTo(large);
    assertThat(read(version, "middle")).isEqualTo(middle);
    assertThat(read(version, "empty")).isEmpty();
    assertThat(read(version, "%C3%BC%20b%2Bc")).isEqualTo("small".getBytes(UTF_8));
    assertThat(
            version
                .request()
                .header("Range", "bytes=" + (PIECE - 5) + "-" + (PIECE + 4))
                .get(version.file("large"))
                .then()
                .statusCode(206)
                .extract()
                .asByteArray())
        .isEqualTo(Arrays.copyOfRange(large, PIECE - 5, PIECE + 5));
    assertThat(digest(version)).isEqualTo(digest(copied));
    assertThat(TestImport.message(version)).endsWith(", by reference");
  }

  @Test
  void contentsAreLocatedWithWhatKeepsThemFromBeingOthers() throws Exception {
    byte[] large = random(33 * MIB);
    put("in/large", large);
    put("in/ü b+c", "small".getBytes(UTF_8));
    TestVersion version = imported();
    String rest = blob(Arrays.copyOfRange(large, PIECE, large.length));
    String small = blob("small".getBytes(UTF_8));

    JsonPath places = locate(version, rest, small);

    assertThat(places.getList("contents.content")).isEqualTo(List.of(rest, small));
    assertThat(places.getLong("contents[0].offset")).isEqualTo(PIECE);
    assertThat(get(places, 0, true).body())
        .isEqualTo(Arrays.copyOfRange(large, PIECE, large.length));
    assertThat(get(places, 1, true).body()).isEqualTo("small".getBytes(UTF_8));
    assertThat(get(places, 1, false).statusCode()).isEqualTo(403);
    put("in/ü b+c", "other".getBytes(UTF_8));
    assertThat(get(places, 1, true).statusCode()).isEqualTo(412);
  }

  @Test
  void anObjectThatChangedIsNeverReadAsAnotherAndIsToldOfOnce() throws Exception {
    put("in/a", "before".getBytes(UTF_8));
    put("in/b", "stays".getBytes(UTF_8));
    TestVersion version = imported();
    EventLog log = EventLog.of(Topic.DATASETS);

    put("in/a", "behind".getBytes(UTF_8));
    for (int i = 0; i < 3; i++) {
      version
          .request()
          .get(version.file("a"))
          .then()
          .statusCode(409)
          .body("type", containsString("content/source-changed"))
          .body("detail", containsString("in/a"));
    }
    assertThat(read(version, "b")).isEqualTo("stays".getBytes(UTF_8));
    put("in/a", "before".getBytes(UTF_8));
    assertThat(read(version, "a")).isEqualTo("before".getBytes(UTF_8));
    s3.deleteObject(delete -> delete.bucket(lake.name()).key("in/a"));
    version.request().get(version.file("a")).then().statusCode(409);

    await().atMost(PATIENCE).until(() -> alarms(log).size() >= 2);
    assertThat(alarms(log)).extracting(SourceChanged::state).containsExactly("changed", "gone");
    assertThat(alarms(log))
        .allSatisfy(
            event -> {
              assertThat(event.key()).isEqualTo(dataset);
              assertThat(event.object()).isEqualTo("in/a");
              assertThat(event.storageProvider().text()).isEqualTo(provider);
              assertThat(event.versionId()).isEqualTo(Optional.empty());
            });
    log.close();
  }

  @Test
  void aChangeIsToldOfThatNobodyReads() throws Exception {
    put("in/a", "before".getBytes(UTF_8));
    put("in/b", "stays".getBytes(UTF_8));
    imported();
    EventLog log = EventLog.of(Topic.DATASETS);
    put("in/a", "behind".getBytes(UTF_8));

    PassingTime.pass(database, team, DAY);

    await().atMost(PATIENCE).until(() -> !alarms(log).isEmpty());
    assertThat(alarms(log)).extracting(SourceChanged::object).containsExactly("in/a");
    log.close();
  }

  @Test
  void whoeverHasTheBytesBringsThemAndTheVersionNeedsItsSourceNoMore() throws Exception {
    byte[] large = random(33 * MIB);
    put("in/large", large);
    put("in/a", "before".getBytes(UTF_8));
    TestVersion version = imported();
    s3.deleteObject(delete -> delete.bucket(lake.name()).key("in/a"));
    s3.deleteObject(delete -> delete.bucket(lake.name()).key("in/large"));
    version.request().get(version.file("large")).then().statusCode(409);

    TestVersion.open(team, dataset)
        .with("x", "before".getBytes(UTF_8))
        .with("y", large)
        .committed();

    assertThat(read(version, "a")).isEqualTo("before".getBytes(UTF_8));
    assertThat(read(version, "large")).isEqualTo(large);
    // What is stored is not looked for elsewhere any more.
    PassingTime.pass(database, team, DAY);
    collect();
    assertThat(references()).isZero();
    assertThat(read(version, "large")).isEqualTo(large);
  }

  @Test
  void whereABucketKeepsVersionsTheOneThatWasImportedIsRead() throws Exception {
    try (LyingBucket bucket = new LyingBucket(true, Conditions.HONOURED, "s").keepingVersions()) {
      provider = TestBucket.provider(team, "versioned", bucket.config());
      bucket.store("in/a", "before".getBytes(UTF_8));
      TestVersion version = imported();
      bucket.store("in/a", "behind".getBytes(UTF_8));

      assertThat(read(version, "a")).isEqualTo("before".getBytes(UTF_8));
      JsonPath places = locate(version, blob("before".getBytes(UTF_8)));
      assertThat(places.getString("objects[0].url")).contains("versionId=v0");
      assertThat(get(places, 0, true).body()).isEqualTo("before".getBytes(UTF_8));
      bucket.forget("in/a");
      version
          .request()
          .get(version.file("a"))
          .then()
          .statusCode(409)
          .body("key", equalTo("in/a"), "storageProvider", equalTo(provider));
    }
  }

  @Test
  void keysThatMayNotReadVersionsFailTheImport() throws Exception {
    try (LyingBucket bucket =
        new LyingBucket(true, Conditions.HONOURED, "s").keepingVersions().withoutOldVersions()) {
      provider = TestBucket.provider(team, "versioned", bucket.config());
      bucket.store("in/a", "before".getBytes(UTF_8));

      assertThat(TestImport.begin(team, "faces", reference()).failed())
          .contains("s3:GetObjectVersion");
    }
  }

  @Test
  void aBucketWhoseETagsLieGivesNoWrongByte() throws Exception {
    try (LyingBucket bucket = new LyingBucket(true, Conditions.HONOURED, "s")) {
      provider = TestBucket.provider(team, "lying", bucket.config());
      bucket.store("in/a", "before".getBytes(UTF_8));
      TestVersion version = imported();
      bucket.store("in/a", "behind".getBytes(UTF_8));

      HttpRequest get =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + RestAssured.port + version.file("a")))
              .header("X-API-Key", team.key())
              .build();
      // Its one piece is checked before a byte of it leaves.
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> requireRefused(http.send(get, BodyHandlers.ofString())))
          .withMessageNotContaining("behind");
    }
  }

  private static void requireRefused(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() >= 500) {
      throw new IOException("refused: " + answer.body());
    }
  }

  /** As a rebuild of a lost database leaves it. */
  @Test
  void placesThatWereLostComeBackWithAnotherImport() {
    byte[] large = random(33 * MIB);
    put("in/large", large);
    TestVersion version = imported();
    execute("DELETE FROM content_reference WHERE store = $store");

    imported();

    assertThat(read(version, "large")).isEqualTo(large);
  }

  @Test
  void placesAreKeptAsLongAsAVersionReachesThemAndTheObjectsForEver() throws Exception {
    put("in/a", "before".getBytes(UTF_8));
    TestVersion version = imported();
    TestVersion copy = TestVersion.open(team, dataset);
    team.request()
        .body(Map.of("from", "faces:" + version.id(), "to", "copied/"))
        .post(copy.path() + "/files:copy")
        .then()
        .statusCode(200)
        .body("staged", equalTo(1));
    copy.committed();
    team.request().delete(version.path()).then().statusCode(204);

    passAndCollectTwice();
    assertThat(read(copy, "copied/a")).isEqualTo("before".getBytes(UTF_8));
    team.request()
        .delete("/storageProviders/" + provider)
        .then()
        .statusCode(409)
        .body("type", containsString("provider/referred"));

    team.request().delete(copy.path()).then().statusCode(204);
    passAndCollectTwice();
    assertThat(references()).isZero();
    assertThat(lake.keys()).contains("in/a");
    team.request().delete("/storageProviders/" + provider).then().statusCode(204);
  }

  @Test
  void aPlaceThatIsCondemnedIsTakenBackByWhoRefersToIt() throws Exception {
    put("in/a", "before".getBytes(UTF_8));
    TestVersion version = imported();
    execute("UPDATE content_reference SET condemned_at = now() WHERE store = $store");

    TestVersion copy = TestVersion.open(team, dataset);
    team.request()
        .body(Map.of("from", "faces:" + version.id(), "to", "copied/"))
        .post(copy.path() + "/files:copy")
        .then()
        .statusCode(200);

    assertThat(count("content_reference WHERE condemned_at IS NOT NULL AND store = $store"))
        .isZero();
  }

  @Test
  void theGatewayReadsThemTooAndSaysWhatChanged() {
    byte[] large = random(33 * MIB);
    put("in/large", large);
    TestVersion version = imported();
    JsonPath own = team.request().get("/s3/credentials").then().extract().jsonPath();
    try (S3Client gateway =
        client(
            URI.create(own.getString("endpoint")),
            own.getString("accessKey"),
            own.getString("secretKey"))) {
      assertThat(
              gateway
                  .getObjectAsBytes(get -> get.bucket(dataset).key(version.id() + "/large"))
                  .asByteArray())
          .isEqualTo(large);

      put("in/large", "other".getBytes(UTF_8));

      assertThatExceptionOfType(S3Exception.class)
          .isThrownBy(
              () -> gateway.getObjectAsBytes(g -> g.bucket(dataset).key(version.id() + "/large")))
          .withMessageContaining("in/large")
          .satisfies(
              e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidObjectState"));
    }
  }

  @Test
  void onlyTheBucketOfAProviderCanBeReferredTo() {
    Map<String, Object> source = direct();
    source.put("reference", true);

    team.request()
        .body(Map.of("source", source))
        .post("/datasets/faces/imports")
        .then()
        .statusCode(400)
        .body("detail", containsString("storage provider"));
    assertThat(
            TestImport.begin(
                    team,
                    "faces",
                    Map.of("type", "s3", "provider", provider, "bucket", "another-one"))
                .failed())
        .contains(lake.name());
  }

  private TestVersion imported() {
    return TestImport.begin(team, "faces", reference()).done();
  }

  private Map<String, ?> reference() {
    return Map.of("type", "s3", "provider", provider, "prefix", "in/", "reference", true);
  }

  private static JsonPath locate(TestVersion version, String... contents) {
    return version
        .team()
        .request()
        .body(Map.of("contents", contents))
        .post(version.path() + "/contents:locate")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private Map<String, Object> direct() {
    return new HashMap<>(
        Map.of(
            "type", "s3",
            "endpoint", TestBucket.server().toString(),
            "bucket", lake.name(),
            "prefix", "in/",
            "accessKey", TestBucket.accessKey(),
            "secretKey", TestBucket.secretKey()));
  }

  private void put(String key, byte[] bytes) {
    s3.putObject(put -> put.bucket(lake.name()).key(key), RequestBody.fromBytes(bytes));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static String blob(byte[] bytes) {
    return "blob:" + Sha256.of(bytes).hex();
  }

  private static byte[] read(TestVersion version, String path) {
    return version.request().get(version.file(path)).then().statusCode(200).extract().asByteArray();
  }

  private static String digest(TestVersion version) {
    return version.team().request().get(version.path()).path("digest");
  }

  private static List<String> missing(TestVersion version, String... contents) {
    TestVersion draft = TestVersion.open(version.team(), version.dataset());
    return version
        .team()
        .request()
        .body(Map.of("contents", contents))
        .post(draft.path() + "/contents:missing")
        .then()
        .statusCode(200)
        .extract()
        .path("missing");
  }

  private HttpResponse<byte[]> get(JsonPath places, int content, boolean withHeaders)
      throws Exception {
    int object = places.getInt("contents[" + content + "].object");
    long offset = places.getLong("contents[" + content + "].offset");
    long sizeBytes = places.getLong("contents[" + content + "].sizeBytes");
    Map<String, String> headers = places.getMap("objects[" + object + "].headers");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(places.getString("objects[" + object + "].url")))
            .header("Range", "bytes=" + offset + "-" + (offset + sizeBytes - 1));
    if (withHeaders) {
      headers.forEach(request::header);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private List<SourceChanged> alarms(EventLog log) {
    return log.events(dataset).stream()
        .filter(SourceChanged.class::isInstance)
        .map(SourceChanged.class::cast)
        .toList();
  }

  private void passAndCollectTwice() throws Exception {
    for (int run = 0; run < 2; run++) {
      PassingTime.pass(database, team, DAY);
      collect();
    }
  }

  private void collect() {
    team.request().post("/collections").then().statusCode(200);
  }

  private long references() {
    return count("content_reference WHERE store = $store");
  }

  private void execute(String sql) {
    database.query(ofStore(sql)).execute().await().atMost(PATIENCE);
  }

  private long count(String from) {
    return database
        .query("SELECT count(*) FROM " + ofStore(from))
        .execute()
        .await()
        .atMost(PATIENCE)
        .iterator()
        .next()
        .getLong(0);
  }

  private String ofStore(String sql) {
    return sql.replace(
        "$store", "(SELECT provider FROM dataset WHERE id = '%s')".formatted(dataset));
  }
}
