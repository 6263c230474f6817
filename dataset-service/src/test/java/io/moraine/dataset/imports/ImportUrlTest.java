package io.moraine.dataset.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ImportUrlTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MIB = 1 << 20;

  @Inject Pool database;

  private WebSource web;
  private TestTeam team;
  private String dataset;

  @BeforeEach
  void newWorld() throws Exception {
    web = new WebSource();
    team = TestTeam.create();
    dataset = team.newDataset("faces");
  }

  @AfterEach
  void close() {
    web.close();
  }

  @Test
  void aFileBecomesAVersionThatSaysWhereItCameFrom() {
    web.file("/data/a b.csv", "1,2".getBytes(UTF_8));

    TestImport begun =
        TestImport.begin(
            team,
            dataset,
            Map.of("type", "url", "url", web.url("/data/a%20b.csv")),
            Map.of("message", "The first", "tags", List.of("prod"), "directory", "raw"));
    TestVersion version = begun.done();

    assertThat(TestImport.paths(version)).containsExactly("raw/a b.csv");
    assertThat(version.request().get(version.file("raw/a%20b.csv")).asString()).isEqualTo("1,2");
    assertThat(TestImport.message(version))
        .isEqualTo("The first\n\nImported from " + web.url("/data/a%20b.csv") + " (\"one\")");
    team.request()
        .get("/datasets/faces/tags/prod")
        .then()
        .body("version.version", equalTo(version.id()));
    team.request()
        .get(begun.path())
        .then()
        .body("progress.files", equalTo(1), "progress.bytes", equalTo(3))
        .body("progress.totalBytes", equalTo(3), "revision", equalTo("\"one\""))
        .body("dtEnded", notNullValue(), "reason", nullValue());
  }

  @Test
  void laidOverTheNewestVersionTheOthersStay() {
    web.file("/new", "new".getBytes(UTF_8));
    TestVersion.open(team, dataset)
        .with("old", "old".getBytes(UTF_8))
        .with("new", "before".getBytes(UTF_8))
        .committed();
    Map<String, String> source = Map.of("type", "url", "url", web.url("/new"));

    TestVersion over = TestImport.begin(team, dataset, source, Map.of("base", "latest")).done();
    TestVersion alone = TestImport.begin(team, dataset, source).done();

    assertThat(TestImport.paths(over)).containsExactly("new", "old");
    assertThat(over.request().get(over.file("new")).asString()).isEqualTo("new");
    assertThat(TestImport.paths(alone)).containsExactly("new");
  }

  @Test
  void aDatasetWithoutVersionsIsAnEmptyBase() {
    web.file("/new", "new".getBytes(UTF_8));

    TestVersion version =
        TestImport.begin(
                team,
                dataset,
                Map.of("type", "url", "url", web.url("/new")),
                Map.of("base", "latest"))
            .done();

    assertThat(TestImport.paths(version)).containsExactly("new");
  }

  @Test
  void aLargeFileThatBreaksOffIsNotFetchedTwice() {
    byte[] large = random(70 * MIB);
    web.breaking("/large.bin", large, List.of(40 * MIB));

    TestVersion version =
        TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/large.bin"))).done();

    assertThat(version.request().get(version.file("large.bin")).asByteArray()).isEqualTo(large);
    assertThat(web.ranges).hasSize(1);
    assertThat(web.sent.get()).isBetween(70L * MIB, 72L * MIB);
  }

  @Test
  void aLaterTryGoesOnBehindThePiecesThatAreStored() {
    byte[] large = random(110 * MIB);
    // The first answer, and every one after it that one try asks for.
    web.breaking("/large.bin", large, List.of(80 * MIB, 0, 0, 0, 0));

    TestVersion version =
        TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/large.bin"))).done();

    assertThat(version.request().get(version.file("large.bin")).asByteArray()).isEqualTo(large);
    // Two pieces were whole.
    assertThat(web.ranges.get(web.ranges.size() - 1)).isEqualTo("bytes=" + 64 * MIB + "-");
  }

  @Test
  void aFileThatIsAnotherOneMeanwhileIsBegunAnew() {
    byte[] after = random(3 * MIB);
    web.changing("/data.bin", random(5 * MIB), after);

    TestVersion version =
        TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/data.bin"))).done();

    assertThat(version.request().get(version.file("data.bin")).asByteArray()).isEqualTo(after);
    assertThat(TestImport.message(version)).endsWith("(\"two\")");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                team.request()
                    .get("/datasets/faces/versions")
                    .then()
                    .body("version", equalTo(List.of(version.id()))));
  }

  @Test
  void anArchiveWithoutAnythingThatTellsItFromAnotherIsReadAsItComes() throws Exception {
    web.plain("/a.zip", zip("a"));

    TestVersion version =
        TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/a.zip"))).done();

    assertThat(TestImport.paths(version)).containsExactly("a");
  }

  private static byte[] zip(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(1);
      zip.closeEntry();
    }
    return out.toByteArray();
  }

  @Test
  void whatIsAskedWithIsMaskedAndForgotten() {
    web.file("/private", "x".getBytes(UTF_8));
    CountDownLatch go = new CountDownLatch(1);
    web.slow("/slow", new byte[10], 5, go);

    TestImport begun =
        TestImport.begin(
            team,
            dataset,
            Map.of(
                "type",
                "url",
                "url",
                web.url("/slow?sig=canary-query"),
                "username",
                "ada",
                "password",
                "canary-password"));
    String shown = team.request().get(begun.path()).asString();

    assertThat(shown).doesNotContain("canary").contains("ada").contains("********");
    assertThat(row(begun)).doesNotContain("canary").contains("\\\\x");
    go.countDown();
    begun.done();
    assertThat(row(begun)).doesNotContain("canary").doesNotContain("\\\\x");
  }

  private String row(TestImport of) {
    return database
        .preparedQuery("SELECT row_to_json(i)::text AS row FROM import i WHERE id = $1")
        .execute(Tuple.of(of.id()))
        .await()
        .atMost(PATIENCE)
        .iterator()
        .next()
        .getString("row");
  }

  @Test
  void aLoginIsSentAndNotToWhereItLeads() throws Exception {
    try (WebSource elsewhere = new WebSource()) {
      elsewhere.file("/there", "x".getBytes(UTF_8));
      web.redirect("/here", elsewhere.url("/there"));

      TestImport.begin(
              team, dataset, Map.of("type", "url", "url", web.url("/here"), "token", "canary"))
          .done();

      assertThat(web.logins).containsExactly("Bearer canary");
      assertThat(elsewhere.logins).containsExactly("");
    }
  }

  @Test
  void whatIsNotThereFailsAtOnceAndWhatIsAwayAfterSomeTries() {
    web.status("/missing", 404);
    web.status("/away", 503);

    String missing =
        TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/missing"))).failed();
    String away =
        TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/away"))).failed();

    assertThat(missing).contains("404").contains("/missing");
    assertThat(away).contains("503").contains("3 times");
  }

  @Test
  void aCircleOfRedirectsEnds() {
    web.redirect("/round", "/round");

    assertThat(
            TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/round")))
                .failed())
        .contains("more than 5 times");
  }

  @Test
  void cancelledItEndsWithoutAVersion() {
    CountDownLatch never = new CountDownLatch(1);
    web.slow("/slow", new byte[4 * MIB], MIB, never);
    TestImport begun =
        TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/slow")));
    await().atMost(PATIENCE).until(() -> begun.now().getLong("progress.bytes") > 0);

    team.request().delete(begun.path()).then().statusCode(202);
    JsonPath end = begun.ended();

    assertThat(end.getString("state")).isEqualTo("cancelled");
    await()
        .atMost(PATIENCE)
        .until(() -> team.request().get("/datasets/faces/versions").asString().equals("[]"));
    team.request().delete(begun.path()).then().statusCode(202).body("state", equalTo("cancelled"));
    never.countDown();
  }

  @Test
  void whatHasEndedCannotBeCancelled() {
    web.file("/a", new byte[1]);
    TestImport begun = TestImport.begin(team, dataset, Map.of("type", "url", "url", web.url("/a")));
    begun.done();

    team.request()
        .delete(begun.path())
        .then()
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:import/too-late"));
    team.request().delete("/datasets/faces/imports/im000000000000").then().statusCode(404);
  }

  @Test
  void theyAreListedInPagesTheNewestFirst() {
    web.file("/a", new byte[1]);
    Map<String, String> source = Map.of("type", "url", "url", web.url("/a"));
    List<String> ids =
        List.of(
            TestImport.begin(team, dataset, source).id(),
            TestImport.begin(team, dataset, source).id(),
            TestImport.begin(team, dataset, source).id());

    JsonPath first =
        team.request().get("/datasets/faces/imports?limit=2").then().extract().jsonPath();
    JsonPath second =
        team.request()
            .get("/datasets/faces/imports?limit=2&cursor=" + first.getString("nextCursor"))
            .then()
            .body("items", hasSize(1), "nextCursor", nullValue())
            .extract()
            .jsonPath();

    assertThat(first.getList("items.id")).isEqualTo(List.of(ids.get(2), ids.get(1)));
    assertThat(second.getList("items.id")).isEqualTo(List.of(ids.get(0)));
    team.request().get("/datasets/faces/imports?cursor=x").then().statusCode(400);
  }

  @Test
  void wrongSourcesAreRefusedByName() {
    refused(Map.of(), "source.type");
    refused(Map.of("type", "ftp"), "url, s3, git");
    refused(Map.of("type", "url"), "source.url");
    refused(Map.of("type", "url", "url", "file:///etc/passwd"), "http");
    refused(Map.of("type", "url", "url", "http://h/"), "source.name");
    refused(Map.of("type", "url", "url", "http://u:p@h/x"), "source.username");
    refused(Map.of("type", "url", "url", "http://h/x", "unpack", "maybe"), "source.unpack");
    refused(Map.of("type", "git", "url", "ssh://git@h/x"), "http");
    refused(Map.of("type", "git", "url", "https://h/x", "commit", "main"), "source.commit");
    refused(Map.of("type", "s3", "bucket", "b/../c"), "source.bucket");
    refused(Map.of("type", "s3", "bucket", "bbb", "accessKey", "x"), "source.secretKey");
  }

  private void refused(Map<String, String> source, String why) {
    team.request()
        .body(Map.of("source", source))
        .post("/datasets/faces/imports")
        .then()
        .statusCode(400)
        .body("detail", containsString(why));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
