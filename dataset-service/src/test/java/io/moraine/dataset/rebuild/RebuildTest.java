package io.moraine.dataset.rebuild;

import static io.moraine.dataset.DirectClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.moraine.content.pack.Pack;
import io.moraine.content.store.DatasetRecord;
import io.moraine.content.store.DatasetRecord.Retention;
import io.moraine.content.store.VersionRecord;
import io.moraine.content.store.VersionRecord.Origin;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.DirectClient;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.collect.Reachable;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Store;
import io.moraine.kit.database.Database;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One team's rows are lost, and its bucket is not whole any more either. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class RebuildTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> TABLES =
      List.of(
          "tag t USING dataset d WHERE t.dataset = d.id AND d.team = $1",
          "version v WHERE v.team = $1",
          "event_sequence s USING dataset d WHERE s.key = d.id AND d.team = $1",
          "content c USING provider p WHERE c.store = p.id AND p.team = $1",
          "dataset d WHERE d.team = $1");

  @Inject Database database;
  @Inject RebuildStore store;
  @Inject Buckets buckets;
  @Inject Reachable reachable;
  @Inject Pool pool;

  @Test
  void whatIsDamagedInAPackKeepsNothingElseFromComingBack() throws Exception {
    byte[] one = bytes("one");
    byte[] two = bytes("two");
    byte[] three = bytes("three");
    TestVersion version = TestVersion.open();
    Pack pack = DirectClient.pack(one, two, three);
    new DirectClient(version)
        .with("pack", pack.bytes())
        .stage(line("1", one) + line("2", two) + line("3", three))
        .statusCode(200);
    version.committed();
    TestVersion other =
        TestVersion.open(version.team(), version.dataset()).with("3", three).committed();
    damage(version.team(), pack.sha256().hex(), 3);

    lose(version.team());
    Rebuild rebuild = rebuild(version.team());

    assertThat(version.request().get(version.file("1")).asByteArray()).isEqualTo(one);
    assertThat(version.request().get(version.file("3")).asByteArray()).isEqualTo(three);
    assertThat(other.request().get(other.file("3")).asByteArray()).isEqualTo(three);
    assertThat(rebuild.reason())
        .isEqualTo(
            "1 came back without some of their files; push those again: %s:%s lacks %s"
                .formatted(version.dataset(), version.id(), DirectClient.blob(two)));
  }

  @Test
  void ofManyContentsThatAreGoneAFewAreNamed() throws Exception {
    byte[][] files = {bytes("1st"), bytes("2nd"), bytes("3rd"), bytes("4th"), bytes("5th")};
    TestVersion version = TestVersion.open();
    Pack pack = DirectClient.pack(files);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < files.length; i++) {
      lines.append(line("once/" + i, files[i])).append(line("again/" + i, files[i]));
    }
    new DirectClient(version).with("pack", pack.bytes()).stage(lines.toString()).statusCode(200);
    version.committed();
    for (int i = 0; i < files.length; i++) {
      damage(version.team(), pack.sha256().hex(), 3 * i);
    }

    lose(version.team());
    String reason = rebuild(version.team()).reason();

    assertThat(reason).startsWith("1 came back without some of their files");
    List<String> named =
        Pattern.compile("blob:\\w+").matcher(reason).results().map(MatchResult::group).toList();
    assertThat(named)
        .hasSize(3)
        .doesNotHaveDuplicates()
        .isSubsetOf(Stream.of(files).map(DirectClient::blob).map(Object::toString).toList());
  }

  @Test
  void whatIsDamagedAndPutAgainIsWholeAgain() throws Exception {
    byte[] bytes = "a file of its own ".repeat(100).getBytes(StandardCharsets.UTF_8);
    TestVersion version = TestVersion.open().with("a", bytes).committed();
    TestTeam team = version.team();
    StoredObjects.damage(team.id(), Sha256.of(bytes), 5);

    lose(team);
    assertThat(rebuild(team).reason()).contains(version.id() + " lacks");

    assertThat(StoredObjects.find(team.id() + "/damaged/blobs", Sha256.of(bytes).hex())).hasSize(1);
    TestVersion.open(team, version.dataset()).with("a", bytes).committed();
    assertThat(version.request().get(version.file("a")).asByteArray()).isEqualTo(bytes);
  }

  @Test
  void aVersionThatIsLostIsNamedAndHoldsTheCollectorUpForAMonth() throws Exception {
    TestVersion lost = TestVersion.open().with("a", bytes("lost")).committed();
    TestTeam team = lost.team();
    String nodes = StoredObjects.find(team.id() + "/packs", "").get(0).getFileName().toString();
    TestVersion kept = TestVersion.open(team, lost.dataset()).with("a", bytes("kept")).committed();
    TestVersion unreadable = TestVersion.open(team, lost.dataset()).committed();
    damage(team, nodes, 3);
    Path record = StoredObjects.find(team.id() + "/versions", unreadable.id()).get(0);
    Files.writeString(record, "{}");

    lose(team);
    String reason = rebuild(team).reason();

    assertThat(reason)
        .startsWith("2 could not be brought back: ")
        .contains(lost.dataset() + ":" + lost.id(), lost.dataset() + ":" + unreadable.id());
    team.request().get(lost.path()).then().statusCode(404);
    assertThat(kept.request().get(kept.file("a")).asString()).isEqualTo("kept");
    team.request()
        .post("/collections")
        .then()
        .statusCode(409)
        .body("type", containsString("collection/unknown-version"));
    execute(
        "UPDATE lost_version SET lost_at = lost_at - interval '30 days' WHERE dataset = $1",
        lost.dataset());
    team.request().post("/collections").then().statusCode(200);
  }

  @Test
  void whatSomebodyElsePutThereIsLeftAlone() {
    TestVersion version = TestVersion.open().with("a", bytes("a")).committed();
    Store place = place(version.team());
    String root = Buckets.keys(place).root();
    for (String stray :
        List.of(
            "versions/stray",
            "versions/not-a-dataset/x",
            "versions/" + version.dataset() + "/not.a.version",
            "datasets/" + version.dataset() + "/last",
            "datasets/stray")) {
      buckets.of(place).put(root + stray, bytes("stray"));
    }

    lose(version.team());
    String reason = rebuild(version.team()).reason();

    assertThat(reason).startsWith("5 could not be brought back").contains(root + "versions/stray");
    assertThat(version.request().get(version.file("a")).asString()).isEqualTo("a");
    version.team().request().post("/collections").then().statusCode(200);
  }

  @Test
  void thousandsOfVersionsAndTagsComeBackAndOfTwoOutputsTheLater() {
    TestTeam team = TestTeam.create();
    DatasetId dataset = DatasetId.random();
    Map<VersionId, VersionRecord> versions = new HashMap<>();
    Map<TagName, VersionId> tags = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      VersionId id = new VersionId("v%06d".formatted(i));
      versions.put(id, record(i, Optional.empty()));
      tags.put(new TagName("tag-" + i), id);
    }
    Origin output = new Origin(new RunName("r"), new RunName("j"), new RunName("o"), 1);
    VersionId earlier = new VersionId("early01");
    VersionId later = new VersionId("later01");
    versions.put(earlier, record(6_000, Optional.of(output)));
    versions.put(later, record(6_001, Optional.of(output)));
    tags.put(new TagName("points-at-a-lost-one"), earlier);
    DatasetRecord record =
        new DatasetRecord(
            new DatasetName("many"),
            "",
            tags,
            Map.of(new VersionId("v000007"), "said later"),
            new Retention(Optional.empty(), Optional.empty(), Optional.empty()),
            Instant.EPOCH);
    Rebuild rebuild = rebuild();

    rebuild.bringBack(place(team), new FoundDataset(dataset, Optional.of(record), 6_001, versions));

    assertThat(count("SELECT FROM version WHERE dataset = $1", dataset)).isEqualTo(5_001);
    assertThat(count("SELECT FROM tag WHERE dataset = $1", dataset)).isEqualTo(5_000);
    assertThat(
            count(
                "SELECT FROM version WHERE dataset = $1 AND message = 'said later' AND message_edited",
                dataset))
        .isEqualTo(1);
    assertThat(rebuild.reason()).contains(dataset + ":" + earlier).doesNotContain(later.text());
    assertThat(
            team.request().get("/datasets/" + dataset + "/versions/latest").<String>path("version"))
        .isEqualTo(later.text());
  }

  private static VersionRecord record(long sequence, Optional<Origin> origin) {
    return new VersionRecord(
        VersionRoot.EMPTY,
        Optional.empty(),
        "message",
        origin,
        Instant.EPOCH.plusSeconds(sequence),
        sequence);
  }

  /** A dataset that is gone while its record is due would count as deleted. */
  private void lose(TestTeam team) {
    await()
        .atMost(PATIENCE)
        .until(() -> rows("SELECT FROM dataset_record_due WHERE team = $1", team.id()) == 0);
    TABLES.forEach(rows -> execute("DELETE FROM " + rows, team.id()));
  }

  private Rebuild rebuild(TestTeam team) {
    Rebuild rebuild = rebuild();
    rebuild.bringBackAll(place(team));
    return rebuild;
  }

  private Rebuild rebuild() {
    return new Rebuild(database, store, buckets, reachable, 2, "of a test");
  }

  private static Store place(TestTeam team) {
    String provider = team.request().get("/storageProviders").path("[0].id");
    return new Store(new TeamId(team.id()), new ProviderId(provider));
  }

  private static void damage(TestTeam team, String pack, int position) throws Exception {
    Path object = StoredObjects.find(team.id() + "/packs", pack).get(0);
    byte[] bytes = Files.readAllBytes(object);
    bytes[position] ^= 1;
    Files.write(object, bytes);
  }

  private int count(String sql, DatasetId dataset) {
    return rows(sql, dataset.text());
  }

  private int rows(String sql, String parameter) {
    return pool.preparedQuery(sql)
        .execute(io.vertx.mutiny.sqlclient.Tuple.of(parameter))
        .await()
        .atMost(PATIENCE)
        .size();
  }

  private void execute(String sql, String parameter) {
    pool.preparedQuery(sql)
        .execute(io.vertx.mutiny.sqlclient.Tuple.of(parameter))
        .await()
        .atMost(PATIENCE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
