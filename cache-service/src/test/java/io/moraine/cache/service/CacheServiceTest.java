package io.moraine.cache.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.cache.output.ReconcileOutputs;
import io.moraine.cache.version.ReconcileVersions;
import io.moraine.events.cache.OutputCommitted;
import io.moraine.events.cache.OutputFailed;
import io.moraine.events.cache.VersionCached;
import io.moraine.events.cache.VersionEvicted;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = EmbeddedStack.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = DatasetService.class, restrictToAnnotatedClass = true)
class CacheServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LARGE = (32 << 20) + 5;

  @Inject ReconcileVersions reconcileVersions;
  @Inject ReconcileOutputs reconcileOutputs;
  @Inject Pool database;

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
    world.awaitState(dataset, huge, "failed");
    world.look(dataset, huge).body("reason", containsString("2,000 bytes do not fit"));
    assertThat(world.version(dataset, newer)).exists();

    world.unpin(dataset, pinned, "run:r-1:main:raw");
    world.awaitState(dataset, huge, "cached");
    assertThat(world.usedBytes()).isEqualTo(2_000).isEqualTo(world.bytesOnDisk());
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
  void aDeletedVersionLeavesTheCache() {
    World world = new World("deleted");
    String dataset = world.dataset("faces");
    String version = world.commit(dataset, Map.of("a", bytes(1, 10)));
    world.awaitState(dataset, version, "cached");

    world.datasets().delete("/datasets/{d}/versions/{v}", dataset, version).then().statusCode(204);

    world.awaitAbsent(dataset, version);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(world.usedBytes()).isZero());
    assertThat(world.disk().resolve("datasets/faces/latest")).doesNotExist();
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
    reconcileVersions.reconcile();
    reconcileOutputs.reconcile();

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
