package io.moraine.dataset.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.dataset.DirectClient;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.events.Event;
import io.moraine.events.Topic;
import io.moraine.events.dataset.VersionCommitted;
import io.moraine.events.dataset.VersionCreated;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Versions that begin as an earlier one. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class BaseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject CommitVersion commit;
  @Inject VersionStore versions;
  @Inject Pool pool;

  @Test
  void itHasTheFilesOfItsBaseAndWhatChangedBeforeTheCommitAndAfter() throws Exception {
    TestVersion base = TestVersion.open().with("a", bytes("1")).with("d/b", bytes("2")).committed();
    base.team()
        .request()
        .body(Map.of("version", base.id()))
        .put("/datasets/faces/tags/prod")
        .then()
        .statusCode(200);
    for (String name : List.of(base.id(), "prod", "latest")) {
      TestVersion version = on(base, name);
      version.team().request().get(version.path()).then().body("base", equalTo(base.id()));
      requireFile(version, "a", "1");
      version.with("a", bytes("new")).with("c", bytes("3"));
      version.request().delete(version.file("d/b")).then().statusCode(204);
      for (int i = 0; i < 2; i++) {
        requireFile(version, "a", "new");
        requireFile(version, "c", "3");
        version.request().get(version.file("d/b")).then().statusCode(404);
        version.request().head(version.file("d/b")).then().statusCode(404);
        version.committed();
      }
      TestVersion plain =
          TestVersion.open(base.team(), base.dataset())
              .with("c", bytes("3"))
              .with("a", bytes("new"))
              .committed();
      version.commit().body("digest", equalTo(plain.commit().extract().path("digest")));
      base.team().request().delete(plain.path()).then().statusCode(204);
      base.team().request().delete(version.path()).then().statusCode(204);
      requireFile(base, "d/b", "2");
    }
    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await().atMost(PATIENCE).until(() -> basesOf(log, base.dataset()).size() >= 6);
      assertThat(basesOf(log, base.dataset())).containsOnly(base.id());
    }
  }

  @Test
  void aWholeRefOfTheSameDatasetIsABaseAndOneOfAnotherIsNot() {
    TestVersion base = TestVersion.open().with("a", bytes("1")).committed();
    String digest = base.commit().extract().path("digest");
    for (String ref :
        List.of(
            "faces:" + base.id(),
            "faces:latest",
            base.dataset() + ":" + base.id(),
            "faces@sha256:" + digest)) {
      requireFile(on(base, ref), "a", "1");
    }
    String other = base.team().newDataset("other");
    base.team()
        .request()
        .body(Map.of("base", "faces:" + base.id()))
        .post("/datasets/" + other + "/versions")
        .then()
        .statusCode(409)
        .body("type", containsString("version/base-of-another"))
        .body("detail", containsString("files:copy"));
    for (String bad : List.of("faces:", "faces@sha256:12", "a/b/c:latest", "")) {
      base.team()
          .request()
          .body(Map.of("base", bad))
          .post("/datasets/faces/versions")
          .then()
          .statusCode(400);
    }
  }

  /** The base as the events of versions that have one say it. */
  private static List<String> basesOf(EventLog log, String dataset) {
    return log.events(dataset).stream()
        .flatMap(e -> base(e).stream())
        .map(VersionId::text)
        .toList();
  }

  private static Optional<VersionId> base(Event event) {
    return event instanceof VersionCreated created
        ? created.base()
        : event instanceof VersionCommitted committed ? committed.base() : Optional.empty();
  }

  @Test
  void theBaseMayBeDeletedAsSoonAsSomethingBeganAsIt() {
    TestVersion base = TestVersion.open().with("a", bytes("1")).with("b", bytes("2")).committed();
    TestVersion version = on(base, base.id());
    base.team().request().delete(base.path()).then().statusCode(204);

    version.with("b", bytes("3"));
    requireFile(version, "a", "1");
    version.commit().statusCode(200).body("files", equalTo(2), "base", equalTo(base.id()));
    requireFile(version, "a", "1");
    requireFile(version, "b", "3");
  }

  @Test
  void deletingEverythingLeavesTheEmptyVersionAndPuttingItAgainTheBase() {
    TestVersion base = TestVersion.open().with("a", bytes("1")).committed();
    TestVersion emptied = on(base, base.id());
    emptied.request().delete(emptied.file("a")).then().statusCode(204);
    emptied.request().delete(emptied.file("never")).then().statusCode(204);
    emptied.commit().statusCode(200).body("files", equalTo(0));

    TestVersion same = on(base, base.id());
    same.request().delete(same.file("a")).then().statusCode(204);
    same.with("a", bytes("1"));
    same.commit().body("digest", equalTo(base.commit().extract().path("digest")));
  }

  @Test
  void whatIsNoCommittedVersionOfThisDatasetIsNoBase() {
    TestVersion open = TestVersion.open();
    TestVersion elsewhere =
        TestVersion.open(open.team(), open.team().newDataset("other")).committed();

    create(open, open.id())
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:version/base-not-committed"))
        .body("detail", containsString(open.dataset() + ":" + open.id()));
    create(open, elsewhere.id()).statusCode(404).body("detail", containsString(elsewhere.id()));
    create(open, "latest").statusCode(404).body("detail", containsString("no committed version"));
    create(open, "No Name").statusCode(400);
    TestTeam stranger = TestTeam.create();
    stranger
        .request()
        .body(Map.of("base", open.id()))
        .post("/datasets/" + open.dataset() + "/versions")
        .then()
        .statusCode(404);
  }

  @Test
  void aFileWhereTheBaseHasADirectoryOpensTheVersionAgain() {
    TestVersion base = TestVersion.open().with("d/b", bytes("2")).with("f", bytes("1")).committed();
    TestVersion version = on(base, base.id()).with("d", bytes("3"));

    version
        .commit()
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:version/file-and-directory"))
        .body("detail", containsString("d and d/b"));
    version
        .team()
        .request()
        .get(version.path())
        .then()
        .body("state", equalTo("open"), "dtCommitted", nullValue(), "digest", nullValue());
    version.request().delete(version.file("d")).then().statusCode(204);
    version.with("f/below", bytes("4")).commit().statusCode(409);
    version.request().delete(version.file("f")).then().statusCode(204);
    version.commit().statusCode(200).body("files", equalTo(2));
  }

  @Test
  void theWorkerOpensAgainWhatCannotBeCommitted() throws Exception {
    TestVersion base = TestVersion.open().with("d/b", bytes("2")).committed();
    TestVersion version = on(base, base.id()).with("d", bytes("3"));
    VersionKey key = new VersionKey(new DatasetId(version.dataset()), new VersionId(version.id()));

    Version found = versions.find(key).await().atMost(PATIENCE).orElseThrow();
    commit.enter(found, Optional.empty()).await().atMost(PATIENCE);

    await()
        .atMost(PATIENCE)
        .until(() -> version.team().request().get(version.path()).path("state").equals("open"));
    version.request().delete(version.file("d")).then().statusCode(204);
    version.with("d/c", bytes("3")).commit().statusCode(200).body("files", equalTo(2));
  }

  @Test
  void aCommitOverABaseCostsWhatChanged() throws Exception {
    int changes = 20;
    byte[] same = bytes("the same everywhere");
    TestVersion base = TestVersion.open();
    StringBuilder files = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      files.append(DirectClient.line("d%d/f%04d".formatted(i / 500, i), same));
    }
    new DirectClient(base).with("blob", same).stage(files.toString()).statusCode(200);
    base.committed();
    long rowsBefore = contentRows(base);
    long objectsBefore = objects(base);

    TestVersion version = on(base, base.id());
    StringBuilder changed = new StringBuilder();
    byte[][] contents = new byte[changes][];
    for (int i = 0; i < changes; i++) {
      contents[i] = bytes("changed " + i);
      int file = i * 251;
      changed.append(DirectClient.line("d%d/f%04d".formatted(file / 500, file), contents[i]));
    }
    new DirectClient(version)
        .with("pack", DirectClient.pack(contents).bytes())
        .stage(changed.toString())
        .statusCode(200);
    version.committed();

    assertThat(objects(base) - objectsBefore)
        .as("a pack of contents, one of nodes, and a record")
        .isEqualTo(3);
    assertThat(contentRows(base) - rowsBefore)
        .as("contents, a leaf each, and the nodes above them")
        .isBetween((long) changes + 2, 2L * changes + 3);
  }

  /** Without the datasets' records, which come when they come. */
  private static long objects(TestVersion version) throws Exception {
    String team = version.team().id();
    return StoredObjects.find(team + "/", "").stream()
        .filter(file -> !file.toString().contains(team + "/datasets/"))
        .count();
  }

  private long contentRows(TestVersion version) {
    return pool.preparedQuery(
            "SELECT count(*) AS n FROM content c JOIN provider p ON p.id = c.store WHERE p.team = $1")
        .execute(Tuple.of(version.team().id()))
        .await()
        .atMost(PATIENCE)
        .iterator()
        .next()
        .getLong("n");
  }

  private static TestVersion on(TestVersion base, String name) {
    return TestVersion.open(base.team(), base.dataset(), Map.of("base", name));
  }

  private static ValidatableResponse create(TestVersion in, String base) {
    return in.team()
        .request()
        .body(Map.of("base", base))
        .post("/datasets/" + in.dataset() + "/versions")
        .then();
  }

  private static void requireFile(TestVersion version, String path, String bytes) {
    assertThat(version.request().get(version.file(path)).asString()).isEqualTo(bytes);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
