package io.moraine.dataset.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.tree.NodeLinks;
import io.moraine.dataset.DirectClient;
import io.moraine.dataset.PassingTime;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class CollectTest {
  private static final Duration DAY = Duration.ofDays(1).plusMinutes(1);

  @Inject Pool database;
  @Inject Buckets buckets;
  @Inject SessionStore sessions;
  @Inject Contents contents;
  @Inject StoredContents stored;
  @Inject CollectConfig config;
  @Inject Collector collector;

  private final Set<OffsetDateTime> wholeAt = new LinkedHashSet<>();

  @Test
  void whatNoVersionReachesGoesAfterTwoRunsAndTheRestStays() throws Exception {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion kept =
        TestVersion.open(team, dataset)
            .with("a", bytes("shared"))
            .with("b", bytes("b"))
            .committed();
    TestVersion gone =
        TestVersion.open(team, dataset)
            .with("a", bytes("shared"))
            .with("c", bytes("lost"))
            .committed();
    team.request().delete(gone.path()).then().statusCode(204);

    PassingTime.pass(database, team, DAY);
    // The file "lost", and the root of its version.
    collect(team).body("condemned", equalTo(2)).body("deletedContents", equalTo(0));
    PassingTime.pass(database, team, DAY);
    collect(team).body("condemned", equalTo(0)).body("deletedContents", equalTo(2));
    assertThat(blob(team, "lost")).isEqualTo(1);
    PassingTime.pass(database, team, Duration.ofMinutes(61));
    collect(team).body("deletedObjects", equalTo(2));

    assertThat(blob(team, "lost")).isZero();
    assertThat(StoredObjects.find(team.id() + "/packs", "")).hasSize(1);
    assertThat(kept.request().get(kept.file("a")).asString()).isEqualTo("shared");
    assertThat(kept.request().get(kept.file("b")).asString()).isEqualTo("b");
  }

  @Test
  void contentsYoungerThanTheGracePeriodAreLeftAlone() throws Exception {
    TestVersion version = TestVersion.open().with("a", bytes("young")).committed();
    version.team().request().delete(version.path()).then().statusCode(204);

    collect(version.team()).body("condemned", equalTo(0));
    PassingTime.pass(database, version.team(), DAY);
    collect(version.team()).body("condemned", equalTo(2));
    collect(version.team()).body("condemned", equalTo(0)).body("deletedContents", equalTo(0));
  }

  @Test
  void whatIsStagedStays() throws Exception {
    TestVersion draft = TestVersion.open().with("a", bytes("draft"));

    for (int run = 0; run < 3; run++) {
      PassingTime.pass(database, draft.team(), DAY);
      collect(draft.team()).body("condemned", equalTo(0));
    }
    draft.committed();
    assertThat(draft.request().get(draft.file("a")).asString()).isEqualTo("draft");
  }

  @Test
  void condemnationIsTakenBackFromWhatAVersionReaches() throws Exception {
    TestVersion version = TestVersion.open().with("a", bytes("kept")).committed();
    PassingTime.pass(database, version.team(), DAY);
    execute(
        "UPDATE content SET condemned_at = now() - interval '9 days' WHERE store = '%s'"
            .formatted(store(version.team()).provider()));

    collect(version.team()).body("cleared", equalTo(2)).body("deletedContents", equalTo(0));
    assertThat(version.request().get(version.file("a")).asString()).isEqualTo("kept");
  }

  @Test
  void anObjectThatNobodyKnowsGoesOnceItIsOld() throws Exception {
    TestVersion version = TestVersion.open().with("a", bytes("known")).committed();
    TestTeam team = version.team();
    byte[] orphan = bytes("nobody's");
    ObjectStore bucket = buckets.of(store(team));
    bucket.put(Buckets.keys(store(team)).blob(Sha256.of(orphan)), orphan);

    collect(team).body("orphans", equalTo(0));
    PassingTime.pass(database, team, DAY);
    collect(team).body("orphans", equalTo(1)).body("deletedObjects", equalTo(0));
    PassingTime.pass(database, team, Duration.ofMinutes(61));
    collect(team).body("deletedObjects", equalTo(1));

    assertThat(blob(team, "nobody's")).isZero();
    assertThat(version.request().get(version.file("a")).asString()).isEqualTo("known");
  }

  @Test
  void smallContentsAreGatheredInPacksAndStayReadable() throws Exception {
    TestVersion version = TestVersion.open();
    for (int i = 0; i < 20; i++) {
      version.with("f" + i, bytes("content " + i));
    }
    version.with("empty", new byte[0]).committed();

    collect(version.team()).body("repackedPacks", equalTo(1));
    PassingTime.pass(database, version.team(), Duration.ofMinutes(61));
    collect(version.team()).body("deletedObjects", equalTo(21)).body("repackedPacks", equalTo(0));

    assertThat(StoredObjects.find(version.team().id() + "/blobs", "")).isEmpty();
    for (int i = 0; i < 20; i++) {
      assertThat(version.request().get(version.file("f" + i)).asString()).isEqualTo("content " + i);
    }
  }

  @Test
  void aPackThatIsMostlyDeadIsRewritten() throws Exception {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion gone = TestVersion.open(team, dataset);
    for (int i = 0; i < 20; i++) {
      gone.with("f" + i, bytes("content " + i));
    }
    gone.committed();
    TestVersion kept = TestVersion.open(team, dataset).with("f", bytes("content 3")).committed();
    collect(team).body("repackedPacks", equalTo(1));
    team.request().delete(gone.path()).then().statusCode(204);

    PassingTime.pass(database, team, DAY);
    collect(team).body("condemned", equalTo(20));
    PassingTime.pass(database, team, DAY);
    // Nineteen contents go with their objects, and one root node: its pack has nothing left.
    collect(team).body("deletedContents", equalTo(20)).body("repackedPacks", equalTo(1));
    PassingTime.pass(database, team, DAY);
    collect(team);

    assertThat(kept.request().get(kept.file("f")).asString()).isEqualTo("content 3");
    assertThat(StoredObjects.find(team.id() + "/packs", "")).hasSize(2);
  }

  @Test
  void nodesThatAreSpreadAreGatheredAndARunThatMovedEnoughLeavesThemToTheNext() throws Exception {
    TestVersion base = TestVersion.open();
    byte[] same = bytes("same");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      lines.append(DirectClient.line("f%04d".formatted(i), same));
    }
    new DirectClient(base).with("blob", same).stage(lines.toString()).statusCode(200);
    base.committed();
    TestTeam team = base.team();
    for (int i = 0; i < 7; i++) {
      TestVersion.open(team, base.dataset(), Map.of("base", "latest"))
          .with("f%04d".formatted(i * 280), bytes("changed"))
          .committed();
    }
    assertThat(packsOfLatest(team)).isGreaterThan(config.nodePacks());

    Collector tired =
        new Collector(sessions, buckets, contents, stored, moving(0), new SimpleMeterRegistry());
    assertThat(tired.collect(store(team)).repackedPacks()).isZero();
    collect(team).body("repackedPacks", greaterThan(0));
    assertThat(packsOfLatest(team)).isLessThanOrEqualTo(config.nodePacks());
  }

  /** How many packs the nodes of the latest version lie in. */
  private int packsOfLatest(TestTeam team) {
    String digest = team.request().get("/datasets/faces/versions/latest").path("digest");
    Set<ContentId> nodes = new LinkedHashSet<>();
    addNodes(store(team), new ContentId(ContentKind.NODE, Sha256.ofHex(digest)), nodes);
    return (int)
        contents.locations(store(team), nodes).values().stream()
            .map(Location::object)
            .distinct()
            .count();
  }

  private void addNodes(Store store, ContentId node, Set<ContentId> nodes) {
    nodes.add(node);
    NodeLinks links = NodeLinks.of(contents.node(store, node.sha256()), node.sha256());
    if (links.level() > 0) {
      links.contents().forEach(child -> addNodes(store, child, nodes));
    }
  }

  /** The tests' settings, but for what a run moves at most. */
  private CollectConfig moving(long repackBytes) {
    return (CollectConfig)
        Proxy.newProxyInstance(
            CollectConfig.class.getClassLoader(),
            new Class<?>[] {CollectConfig.class},
            (proxy, method, arguments) ->
                method.getName().equals("repackBytes")
                    ? repackBytes
                    : method.invoke(config, arguments));
  }

  @Test
  void aBucketThatKnowsMoreThanTheDatabaseIsLeftAlone() throws Exception {
    TestVersion version = TestVersion.open().with("a", bytes("a")).committed();
    TestTeam team = version.team();
    Store store = store(team);
    String unknown = Buckets.keys(store).version(DatasetId.random(), VersionId.random());
    buckets.of(store).put(unknown, bytes("{}"));

    team.request()
        .post("/collections")
        .then()
        .statusCode(409)
        .body("type", containsString("collection/unknown-version"));
    buckets.of(store).put(unknown + ".deleted", new byte[0]);
    collect(team);
  }

  @Test
  void whatIsLeftOfDeletedVersionsGoesInTheEnd() throws Exception {
    TestVersion kept = TestVersion.open().with("a", bytes("a")).committed();
    TestTeam team = kept.team();
    for (int i = 0; i < 3; i++) {
      TestVersion gone = TestVersion.open(team, kept.dataset()).committed();
      team.request().delete(gone.path()).then().statusCode(204);
    }
    Store store = store(team);
    buckets.of(store).put(Buckets.keys(store).root() + "versions/stray", new byte[0]);
    assertThat(StoredObjects.find(team.id() + "/versions", "")).hasSize(8);

    collect(team);
    assertThat(StoredObjects.find(team.id() + "/versions", "")).hasSize(8);
    PassingTime.pass(database, team, Duration.ofDays(31));
    collect(team);
    assertThat(StoredObjects.find(team.id() + "/versions", ""))
        .extracting(file -> file.getFileName().toString())
        .containsExactlyInAnyOrder(kept.id(), "stray");
  }

  @Test
  void whereNothingHappensTheHourlyRunRests() throws Exception {
    TestVersion version = TestVersion.open().with("a", bytes("a")).committed();
    TestVersion.open(version.team(), version.dataset()).with("b", bytes("b")).committed();
    TestTeam team = version.team();
    collector.collectIfChanged(store(team));
    assertThat(wholeRuns(team)).as("the first, of young contents").isEqualTo(1);
    collector.collectIfChanged(store(team));
    assertThat(wholeRuns(team)).as("they are young still").isEqualTo(2);

    PassingTime.pass(database, team, DAY.multipliedBy(2));
    collector.collectIfChanged(store(team));
    assertThat(wholeRuns(team)).as("it is a day ago").isEqualTo(3);
    collector.collectIfChanged(store(team));
    assertThat(wholeRuns(team)).as("nothing has happened").isEqualTo(3);

    team.request().delete(version.path()).then().statusCode(204);
    collector.collectIfChanged(store(team));
    assertThat(wholeRuns(team)).as("a version is gone").isEqualTo(4);
    collector.collectIfChanged(store(team));
    assertThat(wholeRuns(team)).as("what it had is condemned").isEqualTo(5);
  }

  /** How many came to their end since this was first asked. */
  private int wholeRuns(TestTeam team) {
    wholeAt.add(
        database
            .query(
                "SELECT whole_at FROM collection WHERE store = '%s'"
                    .formatted(store(team).provider()))
            .execute()
            .await()
            .atMost(Duration.ofSeconds(10))
            .iterator()
            .next()
            .getOffsetDateTime("whole_at"));
    return wholeAt.size();
  }

  @Test
  void onlyOneRunOfAStoreIsUnderWay() {
    TestTeam team = TestTeam.create();
    try (SessionStore.Session other = sessions.begin(store(team)).orElseThrow()) {
      team.request()
          .post("/collections")
          .then()
          .statusCode(409)
          .body("type", containsString("collection/under-way"));
      other.run("SELECT 1");
    }
    collect(team);
  }

  @Test
  void aDeletionFreesWhatNothingElseRefersTo() {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion.open(team, dataset).with("a", bytes("shared")).with("b", bytes("bb")).committed();
    TestVersion other =
        TestVersion.open(team, dataset)
            .with("a", bytes("shared"))
            .with("c", bytes("ccc"))
            .committed();

    // "ccc" and its leaf of two entries, which is longer than the files here.
    int one =
        other
            .team()
            .request()
            .delete(other.path() + "?dryRun=true")
            .then()
            .statusCode(200)
            .body("versions", equalTo(1), "files", equalTo(2))
            .extract()
            .path("bytes");
    assertThat(one).isBetween(3 + 70, 3 + 90);
    team.request()
        .delete("/datasets/faces?dryRun=true")
        .then()
        .statusCode(200)
        .body(
            "versions",
            equalTo(2),
            "files",
            equalTo(4),
            "bytes",
            equalTo(6 + 2 + 2 * (one - 3) + 3));
    TestVersion draft = TestVersion.open(team, dataset).with("d", bytes("dddd"));
    team.request()
        .delete(draft.path() + "?dryRun=true")
        .then()
        .statusCode(200)
        .body("versions", equalTo(1), "files", equalTo(1), "bytes", equalTo(4));
    assertThat(other.request().get(other.file("c")).asString()).isEqualTo("ccc");
  }

  @Test
  void aDryRunRefusesAsTheDeletionWould() {
    TestVersion version = TestVersion.open().with("a", bytes("a")).committed();
    TestTeam team = version.team();
    team.request()
        .body(Map.of("version", version.id()))
        .put("/datasets/faces/tags/prod")
        .then()
        .statusCode(200);
    team.request()
        .delete(version.path() + "?dryRun=true")
        .then()
        .statusCode(409)
        .body("detail", containsString("prod"));
    team.request()
        .body(Map.of("expiresInSeconds", 60))
        .put("/datasets/ref/faces/holds/run:r-1")
        .then()
        .statusCode(200);
    for (String path : java.util.List.of("/datasets/faces", version.path())) {
      team.request()
          .delete(path + "?dryRun=true")
          .then()
          .statusCode(409)
          .body("detail", containsString("run:r-1"));
    }
  }

  private static ValidatableResponse collect(TestTeam team) {
    return team.request().post("/collections").then().statusCode(200);
  }

  private static Store store(TestTeam team) {
    String provider = team.request().get("/storageProviders").path("[0].id");
    return new Store(new TeamId(team.id()), new ProviderId(provider));
  }

  private static int blob(TestTeam team, String text) throws Exception {
    return StoredObjects.find(team.id() + "/blobs", Sha256.of(bytes(text)).hex()).size();
  }

  private void execute(String sql) {
    database.query(sql).execute().await().atMost(Duration.ofSeconds(10));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
