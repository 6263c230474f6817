package io.moraine.cache.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.cache.link.DatasetLinks;
import io.moraine.cache.link.LinkWorker;
import io.moraine.cache.output.ReconcileOutputs;
import io.moraine.cache.version.ReconcileVersions;
import io.moraine.events.cache.OutputCommitted;
import io.moraine.events.cache.OutputFailed;
import io.moraine.events.cache.VersionCached;
import io.moraine.events.cache.VersionEvicted;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = EmbeddedStack.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = DatasetService.class, restrictToAnnotatedClass = true)
class CacheServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LARGE = (32 << 20) + 5;

  @Inject ReconcileVersions reconcileVersions;
  @Inject ReconcileOutputs reconcileOutputs;
  @Inject DatasetLinks links;
  @Inject LinkWorker linkWorker;
  @Inject Pool database;

  /** Bytes that dataset-service answered, to anybody. */
  LongAdder answeredBytes;

  @Test
  void whatIsCommittedIsCachedWithEveryByteRight() throws IOException {
    World world = new World("commit");
    String dataset = world.dataset("faces");
    byte[] large = bytes(1, LARGE);
    byte[] small = bytes(2, 4_000);
    String version =
        world.commit(
            dataset,
            Map.of(
                "large.bin",
                large,
                "a/b c/é+%&.txt",
                small,
                "a/copy",
                small,
                "empty",
                new byte[0]));
    world.awaitState(dataset, version, "cached");

    Path cached = world.version(dataset, version);
    assertThat(cached.resolve("large.bin")).hasBinaryContent(large);
    assertThat(cached.resolve("a/b c/é+%&.txt")).hasBinaryContent(small);
    assertThat(cached.resolve("a/copy")).hasBinaryContent(small);
    assertThat(cached.resolve("empty")).isEmptyFile();
    assertThat(world.usedBytes()).isEqualTo(LARGE + 4_000).isEqualTo(world.bytesOnDisk());
    world
        .look(dataset, version)
        .body("path", equalTo(cached.toString()))
        .body("files", equalTo(4))
        .body("bytes", equalTo(LARGE + 8_000));
    List<VersionCached> told = cached(version);
    assertThat(told).hasSize(1);
    assertThat(told.get(0).fetchedBytes()).isEqualTo(LARGE + 4_000);
    awaitLink(world, "faces/latest", dataset, version);
  }

  @Test
  void onlyWhatNoCachedVersionHasIsFetched() throws IOException {
    World world = new World("shared");
    String dataset = world.dataset("faces");
    String first = world.commit(dataset, Map.of("a", bytes(1, 1_000), "b", bytes(2, 2_000)));
    world.awaitState(dataset, first, "cached");
    String second = world.commit(dataset, Map.of("a", bytes(1, 1_000), "b", bytes(3, 300)));
    world.awaitState(dataset, second, "cached");

    assertThat(cached(second)).extracting(VersionCached::fetchedBytes).containsExactly(300L);
    assertThat(world.usedBytes()).isEqualTo(3_300).isEqualTo(world.bytesOnDisk());
    awaitLink(world, "faces/latest", dataset, second);
  }

  @Test
  void aRefreshAsksForWhatChangedAndNotForWhatExists() throws IOException {
    World world = new World("refresh");
    String dataset = world.dataset("faces");
    String first = manyFiles(world, dataset);
    world.awaitState(dataset, first, "cached");
    String second = world.openOn(dataset, first);
    world.put(dataset, second, "d0/f0", bytes(7, 700));
    world.put(dataset, second, "d9/new/f", bytes(8, 800));
    world.delete(dataset, second, "d1/f1");
    world.commit(dataset, second);
    long before = answeredBytes.sum();
    world.awaitState(dataset, second, "cached");

    // Three changes; a listing of all has some 140 bytes for each of 3,000 files.
    assertThat(answeredBytes.sum() - before).isLessThan(3 * 12_000);
    assertThat(cached(second)).extracting(VersionCached::fetchedBytes).containsExactly(1_500L);
    Map<String, Object> expected = inodes(world.version(dataset, first));
    expected.remove("d1/f1");
    Path d0f0 = world.version(dataset, second).resolve("d0/f0");
    assertThat(d0f0).hasBinaryContent(bytes(7, 700));
    assertThat(world.version(dataset, second).resolve("d9/new/f")).hasBinaryContent(bytes(8, 800));
    Map<String, Object> is = inodes(world.version(dataset, second));
    assertThat(is.remove("d9/new/f")).isNotNull();
    assertThat(is.remove("d0/f0")).isNotEqualTo(expected.remove("d0/f0"));
    assertThat(is).isEqualTo(expected);
    assertThat(world.usedBytes()).isEqualTo(world.bytesOnDisk());
    world.look(dataset, first).body("pins.size()", equalTo(0));
  }

  @Test
  void aBaseThatIsNotWhatItShouldBeIsNotRefreshedFrom() throws IOException {
    World world = new World("unfit");
    String dataset = world.dataset("faces");
    String first =
        world.commit(dataset, Map.of("a", bytes(1, 10), "b", bytes(2, 20), "c", bytes(3, 30)));
    world.awaitState(dataset, first, "cached");
    // As nobody should, but a disk may.
    Path base = world.version(dataset, first);
    Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.delete(base.resolve("b"));

    String second = world.openOn(dataset, first);
    world.put(dataset, second, "c", bytes(4, 40));
    world.commit(dataset, second);
    world.awaitState(dataset, second, "cached");

    Path version = world.version(dataset, second);
    assertThat(version.toFile().list()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(version.resolve("b")).hasBinaryContent(bytes(2, 20));
    assertThat(version.resolve("c")).hasBinaryContent(bytes(4, 40));
  }

  /** 3,000 files in 10 directories. */
  private static String manyFiles(World world, String dataset) {
    String version = world.open(dataset);
    world.put(dataset, version, "seed", bytes(1, 10));
    String content = "blob:" + Sha256.of(bytes(1, 10)).hex();
    world.stage(
        dataset,
        version,
        IntStream.range(0, 3_000)
            .mapToObj(
                i ->
                    "{\"path\":\"d%d/f%d\",\"sizeBytes\":10,\"content\":\"%s\"}\n"
                        .formatted(i % 10, i, content))
            .collect(Collectors.joining()));
    world.commit(dataset, version);
    return version;
  }

  private static Map<String, Object> inodes(Path version) throws IOException {
    Map<String, Object> inodes = new HashMap<>();
    try (Stream<Path> all = Files.walk(version)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        inodes.put(version.relativize(file).toString(), Files.getAttribute(file, "unix:ino"));
      }
    }
    return inodes;
  }

  @Test
  void anEmptyVersionIsAnEmptyDirectory() {
    World world = new World("empty");
    String dataset = world.dataset("nothing");
    String version = world.commit(dataset, Map.of());
    world.awaitState(dataset, version, "cached");

    assertThat(world.version(dataset, version)).isEmptyDirectory();
  }

  @Test
  void theBoundIsKeptByEvictingWhatWasUsedLongestAgoAndIsNotPinned() throws IOException {
    World world = new World("bound");
    world.limit(2_500);
    String dataset = world.dataset("faces");
    String pinned = world.commit(dataset, Map.of("a", bytes(1, 1_000)));
    world.pin(dataset, pinned, "run:r-1:main:raw").statusCode(200);
    world.awaitState(dataset, pinned, "cached");
    world.look(dataset, pinned).body("pins.holder", contains("run:r-1:main:raw"));
    String older = world.commit(dataset, Map.of("a", bytes(2, 1_000)));
    world.awaitState(dataset, older, "cached");

    String newer = world.commit(dataset, Map.of("a", bytes(3, 1_100)));
    world.awaitState(dataset, newer, "cached");

    world.awaitAbsent(dataset, older);
    assertThat(World.awaitEvents(VersionEvicted.class, e -> e.version().text().equals(older)))
        .hasSize(1);
    assertThat(world.version(dataset, pinned).resolve("a")).exists();
    assertThat(world.usedBytes()).isEqualTo(2_100).isEqualTo(world.bytesOnDisk());

    String huge = world.commit(dataset, Map.of("a", bytes(4, 2_000)));
    world.awaitState(dataset, huge, "waiting");
    world.look(dataset, huge).body("reason", containsString("2,000 bytes do not fit"));
    assertThat(world.version(dataset, newer)).exists();

    world.unpin(dataset, pinned, "run:r-1:main:raw");
    world.awaitState(dataset, huge, "cached");
    assertThat(world.usedBytes()).isEqualTo(2_000).isEqualTo(world.bytesOnDisk());
  }

  @Test
  void whatLacksRoomStillIsNotListedAgain() {
    World world = new World("still-no-room");
    world.limit(15);
    String small = world.dataset("small");
    String pinned = world.commit(small, Map.of("a", bytes(2, 10)));
    world.pin(small, pinned, "me").statusCode(200);
    world.awaitState(small, pinned, "cached");
    String large = world.dataset("large");
    String waits = manyFiles(world, large);
    world.awaitState(large, waits, "waiting");
    long before = answeredBytes.sum();

    world.pin(large, waits, "me").statusCode(200); // which looks for room at once

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                database
                        .preparedQuery(
                            """
                            SELECT FROM cached_version WHERE version = $1 AND state = 'waiting'
                            AND retry_at > now() + interval '10 seconds'
                            """)
                        .execute(Tuple.of(waits))
                        .await()
                        .atMost(PATIENCE)
                        .size()
                    == 1);
    assertThat(answeredBytes.sum() - before).isLessThan(100_000);
    world.look(large, waits).body("reason", containsString("10 bytes do not fit"));
    world.unpin(small, pinned, "me");
    world.awaitState(large, waits, "cached");
  }

  @Test
  void whatIsLargerThanTheBoundFailsUntilTheBoundIsRaised() {
    World world = new World("too-large");
    world.limit(999);
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 1_000)));
    world.awaitState(dataset, version, "failed");
    world.look(dataset, version).body("reason", containsString("1,000 bytes do not fit"));

    world.limit(1_000);

    world.awaitState(dataset, version, "cached");
  }

  @Test
  void whatSomebodyWaitsForIsFilledBeforeWhatIsCachedForLater() {
    World world = new World("order");
    String dataset = world.dataset("faces");
    List<String> versions =
        IntStream.range(0, 5)
            .mapToObj(i -> world.commit(dataset, Map.of("a", bytes(i, 10))))
            .toList();
    versions.forEach(version -> world.awaitState(dataset, version, "cached"));
    String pinned = versions.get(4);
    // As many as a team may fill at once come before it, and none of them gets anywhere.
    execute(
        """
        UPDATE cached_version SET state = 'waiting', retry_at = now() + interval '5 seconds',
          asked_at = now() - interval '1 day' * (CASE WHEN version = $2 THEN 0 ELSE 1 END),
          pinned_until = CASE WHEN version = $2 THEN now() + interval '1 hour' END
        WHERE team = $1
        """,
        Tuple.of(world.team, pinned));
    SqlConnection connection = database.getConnection().await().atMost(PATIENCE);
    try {
      connection.begin().await().atMost(PATIENCE);
      connection
          .preparedQuery("SELECT FROM cached_version WHERE team = $1 AND version <> $2 FOR UPDATE")
          .execute(Tuple.of(world.team, pinned))
          .await()
          .atMost(PATIENCE);

      world.awaitState(dataset, pinned, "cached");
      world.look(dataset, versions.get(0)).body("state", equalTo("waiting"));
    } finally {
      connection.closeAndAwait();
    }
  }

  private void execute(String sql, Tuple values) {
    database.preparedQuery(sql).execute(values).await().atMost(PATIENCE);
  }

  @Test
  void aLowerBoundEvictsAtOnce() {
    World world = new World("lower");
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 1_000)));
    world.awaitState(dataset, version, "cached");

    world.limit(999);

    world.awaitAbsent(dataset, version);
    assertThat(world.usedBytes()).isZero();
  }

  @Test
  void whatWasEvictedComesBackWithAPin() {
    World world = new World("again");
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 1_000)));
    world.awaitState(dataset, version, "cached");
    world.limit(0);
    world.awaitAbsent(dataset, version);
    world.limit(5_000);

    world.pin(dataset, version, "me").statusCode(200);

    world.awaitState(dataset, version, "cached");
    assertThat(world.version(dataset, version).resolve("a")).hasBinaryContent(bytes(1, 1_000));
  }

  @Test
  void tagsAreLinksToCachedVersions() {
    World world = new World("tags");
    String dataset = world.dataset("faces");
    String first = world.commit(dataset, Map.of("a", bytes(1, 10)));
    String second = world.commit(dataset, Map.of("a", bytes(2, 10)));
    world.awaitState(dataset, second, "cached");
    tag(world, dataset, "prod", first);
    awaitLink(world, "faces/prod", dataset, first);

    tag(world, dataset, "prod", second);
    awaitLink(world, "faces/prod", dataset, second);
    world
        .datasets()
        .body(Map.of("name", "people"))
        .post("/datasets/" + dataset)
        .then()
        .statusCode(200);

    awaitLink(world, "people/prod", dataset, second);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(world.disk().resolve("datasets/faces")).doesNotExist());
  }

  @Test
  void aLostLinkIsMadeAgainAfterAStart() throws IOException {
    World world = new World("lost-link");
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 10)));
    world.awaitState(dataset, version, "cached");
    awaitLink(world, "faces/latest", dataset, version);
    Files.delete(world.disk().resolve("datasets/faces/latest"));

    links.reconcile();

    linkWorker.wake();
    awaitLink(world, "faces/latest", dataset, version);
  }

  @Test
  void aDeletedVersionLeavesTheCache() {
    World world = new World("deleted");
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 10)));
    world.awaitState(dataset, version, "cached");

    world.datasets().delete("/datasets/{d}/versions/{v}", dataset, version).then().statusCode(204);

    world.awaitAbsent(dataset, version);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(world.usedBytes()).isZero());
    // The worker that makes links may have made it anew before the version went.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(world.disk().resolve("datasets/faces/latest")).doesNotExist());
  }

  @Test
  void aWrongByteIsNeverPublished() {
    World world = new World("corrupt");
    String dataset = world.dataset("faces");
    String version = world.open(dataset);
    world.put(dataset, version, "dir/picture.png", bytes(1, 5_000));
    world.turnOneBit(bytes(1, 5_000));
    world.commit(dataset, version);
    world.awaitState(dataset, version, "failed");

    world
        .look(dataset, version)
        .body("reason", containsString("\"dir/picture.png\" cannot be cached"));
    assertThat(world.version(dataset, version)).doesNotExist();
    assertThat(world.usedBytes()).isZero();
    assertThat(world.disk().resolve("filling")).isEmptyDirectory();

    world.turnOneBit(bytes(1, 5_000));
    world.pin(dataset, version, "me").statusCode(200);
    world.awaitState(dataset, version, "cached");
    assertThat(world.version(dataset, version).resolve("dir/picture.png"))
        .hasBinaryContent(bytes(1, 5_000));
  }

  @Test
  void whatWasFetchedBeforeAFailureIsKeptAndCountedAndTheFailureIsShown() throws IOException {
    World world = new World("broken-off");
    String dataset = world.dataset("faces");
    String version = world.open(dataset);
    world.put(dataset, version, "a", bytes(1, 1_000));
    world.put(dataset, version, "b", bytes(2, 2_000));
    Closeable back = world.hide(bytes(2, 2_000));
    world.commit(dataset, version);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(world.bytesOnDisk()).isEqualTo(1_000));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                world
                    .look(dataset, version)
                    .body("state", equalTo("wanted"))
                    .body("reason", containsString("the bucket answered 404")));
    assertThat(world.usedBytes()).isEqualTo(1_000);

    back.close();
    world.awaitState(dataset, version, "cached");

    assertThat(cached(version)).extracting(VersionCached::fetchedBytes).containsExactly(2_000L);
    world.look(dataset, version).body("reason", nullValue());
    assertThat(world.usedBytes()).isEqualTo(3_000).isEqualTo(world.bytesOnDisk());
  }

  @Test
  void whatIsDeletedWhileItIsPinnedStaysUntilThePinEnds() {
    World world = new World("deleted-pinned");
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 10)));
    world.pin(dataset, version, "me").statusCode(200);
    world.awaitState(dataset, version, "cached");
    String other = world.commit(dataset, Map.of("a", bytes(2, 10)));
    world.datasets().delete("/datasets/{d}/versions/{v}", dataset, version).then().statusCode(204);
    // Its events come in order, so that the deletion was heard when this one is cached.
    String last = world.commit(dataset, Map.of("a", bytes(3, 10)));
    world.awaitState(dataset, other, "cached");
    world.awaitState(dataset, last, "cached");

    world.pin(dataset, version, "me").statusCode(200);
    world.awaitState(dataset, version, "cached");
    assertThat(world.version(dataset, version).resolve("a")).hasBinaryContent(bytes(1, 10));

    world.unpin(dataset, version, "me");
    world.awaitAbsent(dataset, version);
  }

  @Test
  void diskAndRowsAgreeAfterAStart() throws IOException {
    World world = new World("reconcile");
    String dataset = world.dataset("faces");
    String kept = world.commit(dataset, Map.of("a", bytes(1, 10)));
    String lost = world.commit(dataset, Map.of("a", bytes(2, 20)));
    world.awaitState(dataset, kept, "cached");
    world.awaitState(dataset, lost, "cached");
    await()
        .atMost(PATIENCE)
        .until(() -> Files.exists(world.disk().resolve("datasets/faces/latest")));

    Path stray = Files.createDirectories(world.version(dataset, "strays1"));
    Path filling = Files.createDirectories(world.disk().resolve("filling/half/tree"));
    Files.move(
        world.version(dataset, lost),
        Files.createDirectories(world.disk().resolve("trash")).resolve("x"));
    // This team's disk is at rest; others are being worked on.
    TeamId team = new TeamId(world.team);
    reconcileVersions.reconcile(team);
    reconcileVersions.wantLostAgain();
    reconcileOutputs.reconcile(team);

    assertThat(stray).doesNotExist();
    assertThat(filling).doesNotExist();
    assertThat(world.disk().resolve("trash")).isEmptyDirectory();
    world.pin(dataset, lost, "me").statusCode(200);
    world.awaitState(dataset, lost, "cached");
    assertThat(world.version(dataset, lost).resolve("a")).hasBinaryContent(bytes(2, 20));
    assertThat(world.version(dataset, kept).resolve("a")).hasBinaryContent(bytes(1, 10));
  }

  @Test
  void aVersionThatAppearedJustBeforeAKillIsTakenAsItIs() throws IOException {
    World world = new World("adopted");
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 10)));
    world.awaitState(dataset, version, "cached");
    assertThat(cached(version)).hasSize(1);
    Object before = Files.getAttribute(world.version(dataset, version), "unix:ino");

    database
        .preparedQuery(
            "UPDATE cached_version SET state = 'filling', cached_at = NULL WHERE version = $1")
        .execute(Tuple.of(version))
        .await()
        .atMost(PATIENCE);

    world.awaitState(dataset, version, "cached");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(cached(version)).hasSize(2));
    assertThat(Files.getAttribute(world.version(dataset, version), "unix:ino")).isEqualTo(before);
  }

  @Test
  void anOutputIsExactlyWhatTheJobWroteWhateverAnEarlierAttemptOfOursLeft() throws IOException {
    World world = new World("resumed");
    String dataset = world.dataset("model");
    Path directory = open(world, dataset, "r-11", 1);
    Files.writeString(directory.resolve("a"), "right");
    Files.writeString(directory.resolve("b"), "too");
    String draft =
        world.cache().get("/outputs/r-11/main/1").then().extract().path("outputs.model.version");
    world.put(dataset, draft, "a", "right".getBytes(UTF_8));
    world.put(dataset, draft, "b", "wrong".getBytes(UTF_8));
    world.put(dataset, draft, "foreign", bytes(1, 10));
    Path half = world.disk().resolve("sealing/" + dataset + "." + draft + "/tree");
    Files.createDirectories(half);
    Files.writeString(half.resolve("half"), "copied");

    world.cache().body(Map.of("state", "seal")).put("/outputs/r-11/main/1").then().statusCode(200);

    world.awaitState(dataset, draft, "cached");
    Path version = world.version(dataset, draft);
    assertThat(version.toFile().list()).containsExactlyInAnyOrder("a", "b");
    assertThat(version.resolve("b")).hasContent("too");
  }

  @Test
  void anotherTeamsVersionsAndOutputsAreNotThere() {
    World world = new World("mine");
    World other = new World("theirs");
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 10)));
    world.awaitState(dataset, version, "cached");
    world.cache().body(open(dataset)).put("/outputs/r-1/main/1").then().statusCode(200);

    other.look(dataset, version).statusCode(404);
    other.pin(dataset, version, "me").statusCode(404);
    other.cache().get("/outputs/r-1/main/1").then().statusCode(404);
    other.cache().body(Map.of("state", "seal")).put("/outputs/r-1/main/1").then().statusCode(404);
    other
        .cache()
        .body(Map.of("state", "discard"))
        .put("/outputs/r-1/main/1")
        .then()
        .statusCode(404);
  }

  @Test
  void badRequestsAreToldWhatIsWrong() {
    World world = new World("bad");
    String dataset = world.dataset("faces");
    world.pin(dataset, "zzzzzz9", "me").statusCode(404);
    String open =
        world
            .datasets()
            .body("{}")
            .post("/datasets/" + dataset + "/versions")
            .then()
            .extract()
            .path("version");
    world.pin(dataset, open, "me").statusCode(409).body("detail", containsString("not committed"));
    world
        .cache()
        .body(Map.of("expiresInSeconds", 0))
        .put("/cache/versions/{d}/{v}/pins/me", dataset, open)
        .then()
        .statusCode(400);
    world.pin(dataset, open, "not a holder").statusCode(400);
    world.cache().body(Map.of("limitBytes", -1)).put("/cache").then().statusCode(400);
    world.cache().body(Map.of("state", "close")).put("/outputs/r/main/1").then().statusCode(400);
    world.cache().body(open(dataset)).put("/outputs/r/main/0").then().statusCode(400);
    world.cache().body(Map.of("state", "open")).put("/outputs/r/main/1").then().statusCode(400);
    world.cache().body(Map.of("state", "seal")).put("/outputs/r/main/1").then().statusCode(404);
  }

  @Test
  void whatAJobWritesBecomesAVersionOnce() throws IOException {
    World world = new World("output");
    String dataset = world.dataset("model");
    Path directory = open(world, dataset, "r-7", 1);
    Files.createDirectories(directory.resolve("sub"));
    Files.write(directory.resolve("sub/weights"), bytes(1, 70_000));
    Files.write(directory.resolve("log"), "done".getBytes(UTF_8));

    for (int again = 0; again < 3; again++) {
      world.cache().body(Map.of("state", "seal")).put("/outputs/r-7/main/1").then().statusCode(200);
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(output(world, "r-7", 1)).isEqualTo("stored"));

    assertThat(directory).doesNotExist();
    String version =
        world.cache().get("/outputs/r-7/main/1").then().extract().path("outputs.model.version");
    world
        .datasets()
        .get("/datasets/{d}/versions/{v}", dataset, version)
        .then()
        .body("isCommitted", equalTo(true))
        .body("message", equalTo("trained"))
        .body("origin.run", equalTo("r-7"))
        .body("tags.name", contains("candidate"));
    world.awaitState(dataset, version, "cached");
    assertThat(world.version(dataset, version).resolve("sub/weights"))
        .hasBinaryContent(bytes(1, 70_000));
    assertThat(World.awaitEvents(OutputCommitted.class, e -> e.version().text().equals(version)))
        .hasSize(1);
    assertThat(cached(version)).extracting(VersionCached::fetchedBytes).containsExactly(0L);
    awaitLink(world, "model/candidate", dataset, version);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(world.disk().resolve("sealing")).isEmptyDirectory());
    assertThat(world.usedBytes()).isEqualTo(70_004).isEqualTo(world.bytesOnDisk());
  }

  @Test
  void aSymbolicLinkFailsTheSealingByNameAndWhatTheJobWroteIsKept() throws IOException {
    World world = new World("symlink");
    String dataset = world.dataset("model");
    Path directory = open(world, dataset, "r-8", 1);
    Files.createSymbolicLink(directory.resolve("passwd"), Path.of("/etc/passwd"));

    world.cache().body(Map.of("state", "seal")).put("/outputs/r-8/main/1").then().statusCode(200);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(output(world, "r-8", 1)).isEqualTo("failed"));
    assertThat(World.awaitEvents(OutputFailed.class, e -> e.team().text().equals(world.team)))
        .singleElement()
        .satisfies(e -> assertThat(e.reason()).contains("\"passwd\" is a symbolic link"));
    assertThat(world.disk().resolve("sealing")).isNotEmptyDirectory();
    world
        .cache()
        .body(Map.of("state", "discard"))
        .put("/outputs/r-8/main/1")
        .then()
        .statusCode(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(world.disk().resolve("sealing")).isEmptyDirectory());
  }

  @Test
  void outputsThatKeepFailingKeepNoOtherWaiting() throws IOException {
    World world = new World("starved");
    String dataset = world.dataset("model");
    String draft = world.open(dataset);
    // More than are looked at together, all older; their copies are lost.
    database
        .preparedQuery(
            """
            INSERT INTO output (team, run, job, attempt, name, state, dataset, version, opened_at)
            SELECT $1, 'r-0', 'main', 1, 'o' || n, 'uploading', $2, $3, now() - interval '1 day'
            FROM generate_series(1, 120) AS n
            """)
        .execute(Tuple.of(world.team, dataset, draft))
        .await()
        .atMost(PATIENCE);
    try {
      Path directory = open(world, dataset, "r-12", 1);
      Files.writeString(directory.resolve("a"), "made it");
      world.cache().body(Map.of("state", "seal")).put("/outputs/r-12/main/1");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(output(world, "r-12", 1)).isEqualTo("stored"));
    } finally {
      database
          .preparedQuery("DELETE FROM output WHERE team = $1 AND run = 'r-0'")
          .execute(Tuple.of(world.team))
          .await()
          .atMost(PATIENCE);
    }
  }

  @Test
  void ofTwoAttemptsTheFirstSealedIsTheVersion() throws IOException {
    World world = new World("attempts");
    String dataset = world.dataset("model");
    Path first = open(world, dataset, "r-9", 1);
    Path second = open(world, dataset, "r-9", 2);
    Files.writeString(first.resolve("a"), "first");
    Files.writeString(second.resolve("a"), "second");

    world.cache().body(Map.of("state", "seal")).put("/outputs/r-9/main/1").then().statusCode(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(output(world, "r-9", 1)).isEqualTo("stored"));
    world.cache().body(Map.of("state", "seal")).put("/outputs/r-9/main/2").then().statusCode(200);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(output(world, "r-9", 2)).isEqualTo("failed"));
    world
        .datasets()
        .get("/datasets/{d}/versions?filter[where][isCommitted]=true", dataset)
        .then()
        .body("size()", equalTo(1));
  }

  @Test
  void whatIsDiscardedIsGoneWithItsDraft() throws IOException {
    World world = new World("discard");
    String dataset = world.dataset("model");
    Path directory = open(world, dataset, "r-10", 1);
    Files.createDirectories(directory.resolve("d"));
    Files.writeString(directory.resolve("d/a"), "nothing");
    String draft =
        world.cache().get("/outputs/r-10/main/1").then().extract().path("outputs.model.version");

    world
        .cache()
        .body(Map.of("state", "discard"))
        .put("/outputs/r-10/main/1")
        .then()
        .statusCode(200);

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(directory).doesNotExist());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                world
                    .datasets()
                    .get("/datasets/{d}/versions/{v}", dataset, draft)
                    .then()
                    .statusCode(404));
    world
        .cache()
        .body(Map.of("state", "seal"))
        .put("/outputs/r-10/main/1")
        .then()
        .statusCode(409)
        .body("detail", containsString("they are discarded"));
  }

  private static Map<String, Object> open(String dataset) {
    return Map.of(
        "state",
        "open",
        "outputs",
        Map.of(
            "model",
            Map.of("dataset", dataset, "message", "trained", "tags", List.of("candidate"))));
  }

  private static Path open(World world, String dataset, String run, int attempt) {
    String path =
        world
            .cache()
            .body(open(dataset))
            .put("/outputs/{r}/main/{a}", run, attempt)
            .then()
            .statusCode(200)
            .body("outputs.model.state", equalTo("open"))
            .extract()
            .path("outputs.model.path");
    return Path.of(path);
  }

  private static String output(World world, String run, int attempt) {
    return world
        .cache()
        .get("/outputs/{r}/main/{a}", run, attempt)
        .then()
        .extract()
        .path("outputs.model.state");
  }

  private static void tag(World world, String dataset, String tag, String version) {
    world
        .datasets()
        .body(Map.of("version", version))
        .put("/datasets/{d}/tags/{t}", dataset, tag)
        .then()
        .statusCode(200);
  }

  private static void awaitLink(World world, String link, String dataset, String version) {
    Path path = world.disk().resolve("datasets").resolve(link);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(path)
                    .isSymbolicLink()
                    .satisfies(
                        l ->
                            assertThat(Files.readSymbolicLink(l))
                                .isEqualTo(Path.of("..", dataset, version))));
  }

  private static List<VersionCached> cached(String version) {
    return World.awaitEvents(VersionCached.class, e -> e.version().text().equals(version));
  }

  private static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
