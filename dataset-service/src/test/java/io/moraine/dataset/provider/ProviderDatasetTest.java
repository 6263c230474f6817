package io.moraine.dataset.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.content.format.Limits;
import io.moraine.content.pack.Pack;
import io.moraine.dataset.DirectClient;
import io.moraine.dataset.LyingBucket;
import io.moraine.dataset.LyingBucket.Conditions;
import io.moraine.dataset.PassingTime;
import io.moraine.dataset.TestBucket;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.Sha256;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A dataset in a bucket of its team's own, from its first file to the last of it. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ProviderDatasetTest {
  private static final Duration DAY = Duration.ofDays(1).plusMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject Pool database;

  private TestTeam team;

  @BeforeEach
  void freshTeam() {
    team = TestTeam.create();
  }

  @Test
  void filesLieInTheTeamsBucketBelowItsPrefix() {
    TestBucket bucket = TestBucket.create();
    Map<String, String> config = bucket.config();
    config.put("prefix", "ml/moraine");
    String provider = TestBucket.provider(team, "own", config);
    String dataset = TestBucket.dataset(team, "faces", provider);
    byte[] large = new byte[Limits.PIECE_BYTES + 1_000_000];
    new Random(7).nextBytes(large);

    TestVersion version =
        TestVersion.open(team, dataset)
            .with("a.txt", bytes("small"))
            .with("large.bin", large)
            .committed();

    assertThat(version.request().get(version.file("a.txt")).asString()).isEqualTo("small");
    assertThat(version.request().get(version.file("large.bin")).asByteArray()).isEqualTo(large);
    version
        .request()
        .header("Range", "bytes=33554430-33554433")
        .get(version.file("large.bin"))
        .then()
        .statusCode(206);
    team.request()
        .get("/datasets/faces")
        .then()
        .body("storageProvider.id", equalTo(provider))
        .body("storageProvider.config.bucket", equalTo(bucket.name()));
    String root = "ml/moraine/" + team.id() + "/";
    assertThat(bucket.keys())
        .allMatch(key -> key.startsWith(root))
        .contains(
            root + "versions/" + dataset + "/" + version.id(),
            root
                + "blobs/"
                + Sha256.of(bytes("small")).hex().substring(0, 2)
                + "/"
                + Sha256.of(bytes("small")).hex());
    // The record of the dataset, a little later.
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(bucket.keys())
                    .anyMatch(key -> key.startsWith(root + "datasets/" + dataset + "/")));
  }

  @Test
  void theDirectPathLeadsToTheTeamsBucket() throws Exception {
    TestBucket bucket = TestBucket.create();
    Map<String, String> config = bucket.config();
    config.put("prefix", "p");
    String provider = TestBucket.provider(team, "own", config);
    TestVersion version = TestVersion.open(team, TestBucket.dataset(team, "faces", provider));
    DirectClient client = new DirectClient(version);
    Pack pack = DirectClient.pack(bytes("one"), bytes("two"));
    Map<String, Object> object = DirectClient.object("pack", pack.bytes());

    Map<String, Object> signed = client.sign(object);
    assertThat((String) signed.get("url"))
        .startsWith(bucket.endpoint() + "/" + bucket.name() + "/p/" + team.id() + "/packs/");
    assertThat(DirectClient.put(signed, pack.bytes())).isEqualTo(200);
    assertThat(DirectClient.put(signed, pack.bytes())).isEqualTo(412);
    client.done(List.of(object)).statusCode(200).body("contents", equalTo(2));
    client.stage(DirectClient.line("1", bytes("one")) + DirectClient.line("2", bytes("two")));
    version.committed();

    String url =
        client
            .post("/contents:locate", Map.of("contents", List.of(DirectClient.blob(bytes("two")))))
            .statusCode(200)
            .extract()
            .path("objects[0].url");
    assertThat(DirectClient.get(url, 3, 3)).isEqualTo(bytes("two"));
    // Equal contents elsewhere are no reason to think that they are here, nor the other way round.
    TestVersion managed = TestVersion.open(team, team.newDataset("other"));
    assertThat(new DirectClient(managed).missing(DirectClient.blob(bytes("one")))).hasSize(1);
    team.request()
        .body(Map.of("from", "faces:" + version.id()))
        .post(managed.path() + "/files:copy")
        .then()
        .statusCode(409)
        .body("detail", containsString("different storage providers"));
  }

  @Test
  void whatIsDeletedIsCollectedFromTheTeamsBucket() throws Exception {
    TestBucket bucket = TestBucket.create();
    String provider = bucket.providerOf(team, "own");
    String dataset = TestBucket.dataset(team, "faces", provider);
    TestVersion kept = TestVersion.open(team, dataset).with("a", bytes("kept")).committed();
    TestVersion gone = TestVersion.open(team, dataset).with("a", bytes("gone")).committed();
    String blob = Sha256.of(bytes("gone")).hex();
    team.request().delete(gone.path()).then().statusCode(204);
    assertThat(bucket.keys()).anyMatch(key -> key.endsWith(gone.id() + ".deleted"));

    for (int run = 0; run < 3; run++) {
      PassingTime.pass(database, team, DAY);
      team.request()
          .post("/collections?storageProviderId=" + provider)
          .then()
          .statusCode(200)
          .body("store", equalTo(provider));
    }

    assertThat(bucket.keys()).noneMatch(key -> key.endsWith(blob));
    assertThat(kept.request().get(kept.file("a")).asString()).isEqualTo("kept");
    team.request().delete("/datasets/faces").then().statusCode(204);
    assertThat(bucket.keys()).anyMatch(key -> key.endsWith("datasets/" + dataset + ".deleted"));
    // Its records go too, although the row that said where it lay is gone.
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(bucket.keys())
                    .noneMatch(key -> key.contains("datasets/" + dataset + "/0")));
    team.request().delete("/storageProviders/" + provider).then().statusCode(204);
  }

  @Test
  void whereBytesAreNotCheckedEveryUploadIsHashed() throws Exception {
    try (LyingBucket bucket = new LyingBucket(false, Conditions.HONOURED, "secret")) {
      String provider = TestBucket.provider(team, "lying", bucket.config());
      TestVersion version = TestVersion.open(team, TestBucket.dataset(team, "faces", provider));
      DirectClient client = new DirectClient(version);
      byte[] blob = bytes("these bytes");
      Map<String, Object> object = DirectClient.object("blob", blob);

      Map<String, Object> signed = client.sign(object);
      assertThat(DirectClient.put(signed, bytes("other bytes"))).isEqualTo(200);
      client
          .done(List.of(object))
          .statusCode(422)
          .body("type", containsString("upload/not-what-it-says"));
      bucket.objects().clear();
      client.with("blob", blob);
      client.stage(DirectClient.line("a", blob)).statusCode(200);
      version.committed();
      assertThat(version.request().get(version.file("a")).asByteArray()).isEqualTo(blob);
    }
  }

  /** Whoever kept the URL of an upload can put what they like, but not where it counts. */
  @Test
  void whereNothingIsKeptNobodyHasAUrlOfWhatCounts() throws Exception {
    try (LyingBucket bucket = new LyingBucket(false, Conditions.UNKNOWN, "secret")) {
      String provider = TestBucket.provider(team, "lying", bucket.config());
      TestVersion version = TestVersion.open(team, TestBucket.dataset(team, "faces", provider));
      DirectClient client = new DirectClient(version);
      byte[] blob = bytes("these bytes");
      Pack pack = DirectClient.pack(bytes("packed"));
      Map<String, Object> object = DirectClient.object("blob", blob);
      Map<String, Object> signed = client.sign(object);

      assertThat(signed.get("headers").toString()).doesNotContain("If-None-Match");
      assertThat(DirectClient.put(signed, blob)).isEqualTo(200);
      client.done(List.of(object)).statusCode(200);
      client.with("pack", pack.bytes());
      assertThat(DirectClient.put(signed, bytes("other bytes"))).isEqualTo(200);
      client.done(List.of(object)).statusCode(422);
      client
          .stage(DirectClient.line("a", blob) + DirectClient.line("p", bytes("packed")))
          .statusCode(200);
      version.with("b", bytes("put by the service")).committed();

      assertThat(version.request().get(version.file("a")).asByteArray()).isEqualTo(blob);
      assertThat(version.request().get(version.file("p")).asString()).isEqualTo("packed");
      assertThat(version.request().get(version.file("b")).asString())
          .isEqualTo("put by the service");
      String incoming = team.id() + "/incoming/";
      assertThat(bucket.objects().keySet()).filteredOn(k -> k.startsWith(incoming)).hasSize(1);
      // What was left there goes with the rest of the garbage; the server says it is old.
      team.request().post("/collections?storageProviderId=" + provider).then().statusCode(200);
      PassingTime.pass(database, team, Duration.ofMinutes(61));
      team.request().post("/collections?storageProviderId=" + provider).then().statusCode(200);
      assertThat(bucket.objects().keySet()).noneMatch(k -> k.startsWith(incoming));
      assertThat(version.request().get(version.file("a")).asByteArray()).isEqualTo(blob);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
