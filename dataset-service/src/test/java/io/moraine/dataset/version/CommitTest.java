package io.moraine.dataset.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.version.CommitVersion.PutTree;
import io.moraine.events.Event;
import io.moraine.events.Topic;
import io.moraine.events.dataset.Origin;
import io.moraine.events.dataset.TagMoved;
import io.moraine.events.dataset.VersionCommitted;
import io.moraine.events.dataset.VersionCreated;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.EventLog;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class CommitTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject CommitVersion commit;
  @Inject VersionStore versions;
  @Inject CommitStore commits;
  @Inject Pool pool;

  @Test
  void aCommittedVersionHasItsDigestItsTagsAndItsEvents() throws Exception {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    TestVersion version =
        TestVersion.open(
                team,
                dataset,
                Map.of(
                    "message", "first",
                    "tags", List.of("prod", "best"),
                    "origin",
                        Map.of("run", "r-1", "job", "train", "output", "model", "attempt", 1)))
            .with("a", bytes("1"))
            .with("b/c", bytes("22"));

    version
        .commit()
        .statusCode(200)
        .body("isCommitted", equalTo(true), "state", equalTo("committed"))
        .body("files", equalTo(2), "bytes", equalTo(3))
        .body("message", equalTo("first"), "dtCommitted", notNullValue())
        .body("tags", equalTo(List.of(Map.of("name", "best"), Map.of("name", "prod"))));

    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await().atMost(PATIENCE).until(() -> log.events(dataset).size() >= 5);
      List<Event> events = log.events(dataset);
      assertThat(events.get(1)).isInstanceOf(VersionCreated.class);
      VersionCommitted committed = (VersionCommitted) events.get(2);
      assertThat(committed.version().text()).isEqualTo(version.id());
      assertThat(committed.files()).isEqualTo(2);
      assertThat(committed.bytes()).isEqualTo(3);
      assertThat(committed.message()).isEqualTo("first");
      assertThat(committed.origin())
          .contains(new Origin(new RunName("r-1"), new RunName("train"), new RunName("model"), 1));
      assertThat(events.subList(3, 5))
          .extracting(e -> ((TagMoved) e).tag().text())
          .containsExactly("best", "prod");
    }
  }

  @Test
  void theBucketKnowsTheTeamOfWhatIsCommitted() throws Exception {
    TestVersion version = TestVersion.open().with("a", bytes("1"));
    await().atMost(PATIENCE).until(() -> isRecorded(version.team()));
    for (Path record : StoredObjects.find("teams", version.team().id())) {
      Files.delete(record);
    }
    pool.preparedQuery("UPDATE team SET recorded = false WHERE id = $1")
        .execute(Tuple.of(version.team().id()))
        .await()
        .atMost(PATIENCE);

    version.commit().statusCode(200);

    assertThat(StoredObjects.find("teams", version.team().id())).hasSize(1);
  }

  private boolean isRecorded(TestTeam team) {
    return pool.preparedQuery("SELECT FROM team WHERE id = $1 AND recorded")
            .execute(Tuple.of(team.id()))
            .await()
            .atMost(PATIENCE)
            .size()
        == 1;
  }

  @Test
  void equalFilesHaveAnEqualDigestAndAreStoredOnce() throws Exception {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    byte[] bytes = bytes("stored once " + team.id());
    TestVersion first =
        TestVersion.open(team, dataset).with("a", bytes).with("b", bytes).committed();
    TestVersion second =
        TestVersion.open(team, dataset).with("b", bytes).with("a", bytes).committed();

    String digest = first.commit().extract().path("digest");
    second.commit().body("digest", equalTo(digest));
    assertThat(StoredObjects.find(team.id() + "/blobs", Sha256.of(bytes).hex())).hasSize(1);
    assertThat(StoredObjects.find(team.id() + "/packs", "")).hasSize(1);
  }

  /** Its base cannot be read any more. */
  @Test
  void aCommitThatCannotSucceedWaitsBehindTheOthersAndCanBeDeletedInTheEnd() throws Exception {
    TestVersion base = TestVersion.open().with("a", bytes("1")).committed();
    TestTeam team = base.team();
    Map<String, ?> wanted =
        Map.of(
            "base",
            base.id(),
            "origin",
            Map.of("run", "r-1", "job", "train", "output", "model", "attempt", 1));
    TestVersion version = TestVersion.open(team, base.dataset(), wanted).with("b", bytes("2"));
    execute(
        "UPDATE version SET base_digest = decode(repeat('ab', 32), 'hex') WHERE dataset = $1 AND id = $2",
        version);

    version.commit().statusCode(202).body("state", equalTo("committing"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                execute(
                        "SELECT FROM version WHERE dataset = $1 AND id = $2 AND tried_at IS NOT NULL",
                        version)
                    == 1);
    team.request()
        .delete(version.path())
        .then()
        .statusCode(409)
        .body("type", containsString("version/being-committed"));
    execute(
        "UPDATE version SET committed_at = now() - interval '16 minutes' WHERE dataset = $1 AND id = $2",
        version);
    team.request().delete(version.path()).then().statusCode(204);

    assertThat(StoredObjects.find(team.id() + "/versions", version.id() + ".deleted")).hasSize(1);
    TestVersion.open(team, base.dataset(), wanted).with("b", bytes("2")).committed();
  }

  private int execute(String sql, TestVersion version) {
    return pool.preparedQuery(sql)
        .execute(Tuple.of(version.dataset(), version.id()))
        .await()
        .atMost(PATIENCE)
        .size();
  }

  @Test
  void anEmptyVersionCanBeCommitted() {
    TestVersion.open()
        .commit()
        .statusCode(200)
        .body("files", equalTo(0), "bytes", equalTo(0))
        .body("digest", equalTo(VersionRoot.EMPTY.digest().hex()));
  }

  @Test
  void committingAgainChangesNothingAndThereIsNoWayBack() {
    TestVersion version = TestVersion.open().with("a", bytes("1"));
    String first = version.commit().statusCode(200).extract().asString();

    String again = version.commit().statusCode(200).extract().asString();

    assertThat(again).isEqualTo(first);
    version
        .team()
        .request()
        .body(Map.of("isCommitted", false))
        .post(version.path())
        .then()
        .statusCode(409)
        .body("detail", containsString("cannot be opened again"));
  }

  @Test
  void manyWhoCommitAtOnceGetTheSameAnswerAndOneEvent() throws Exception {
    TestVersion version = TestVersion.open().with("a", bytes("1"));

    List<String> answers =
        atOnce(8, i -> version.commit().statusCode(200).extract().path("digest"));

    assertThat(answers).containsOnly(answers.get(0));
    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      TestVersion.open(version.team(), version.dataset());
      await().atMost(PATIENCE).until(() -> log.events(version.dataset()).size() >= 4);
      assertThat(log.events(version.dataset()).stream().filter(VersionCommitted.class::isInstance))
          .hasSize(1);
    }
  }

  @Test
  void oneVersionPerOriginIsMadeAndOnePerOutputIsCommitted() throws Exception {
    TestTeam team = TestTeam.create();
    String dataset = team.newDataset("faces");
    List<String> made =
        atOnce(
            8,
            i ->
                team.request()
                    .body(origin(1))
                    .post("/datasets/" + dataset + "/versions")
                    .then()
                    .extract()
                    .path("version"));
    assertThat(made).containsOnly(made.get(0));

    TestVersion first = new TestVersion(team, dataset, made.get(0)).with("a", bytes("1"));
    TestVersion second = TestVersion.open(team, dataset, origin(2)).with("a", bytes("2"));
    List<Integer> codes = atOnce(2, i -> (i == 0 ? first : second).commit().extract().statusCode());
    assertThat(codes).containsExactlyInAnyOrder(200, 409);
    TestVersion winner = codes.get(0) == 200 ? first : second;
    TestVersion loser = codes.get(0) == 200 ? second : first;
    loser.commit().statusCode(409).body("detail", containsString(dataset + ":" + winner.id()));
    team.request().get(loser.path()).then().body("state", equalTo("open"));
  }

  private static Map<String, ?> origin(int attempt) {
    return Map.of(
        "origin", Map.of("run", "r", "job", "main", "output", "model", "attempt", attempt));
  }

  @Test
  void aFileIsInTheVersionExactlyWhenItsPutWasTaken() throws Exception {
    for (int round = 0; round < 5; round++) {
      TestVersion version = TestVersion.open();
      ConcurrentSkipListSet<String> taken = new ConcurrentSkipListSet<>();
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        for (int t = 0; t < 4; t++) {
          int thread = t;
          threads.submit(() -> putUntilRefused(version, thread, taken));
        }
        int before = 3 + 5 * round;
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(2))
            .until(() -> taken.size() >= before);
        version.committed();
      } finally {
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      }
      List<String> files =
          version.request().get(version.path() + "/files").then().extract().path("items.path");
      assertThat(files).containsExactlyElementsOf(taken);
    }
  }

  private static void putUntilRefused(
      TestVersion version, int thread, ConcurrentSkipListSet<String> taken) {
    for (int i = 0; ; i++) {
      String path = "f%d-%04d".formatted(thread, i);
      int code = version.put(path, bytes(path)).statusCode();
      if (code != 200) {
        assertThat(code).isEqualTo(409);
        return;
      }
      taken.add(path);
    }
  }

  enum Crash {
    ENTERED,
    NODES_PUT,
    RECORD_PUT,
    MARKED
  }

  @ParameterizedTest
  @EnumSource
  void aCommitThatStoppedAnywhereIsRolledForwardByWhoeverFindsIt(Crash after) throws Exception {
    TestVersion stopped = TestVersion.open().with("a", bytes("1")).with("b/c", bytes("2"));
    VersionKey key = key(stopped);

    Version version = versions.find(key).await().atMost(PATIENCE).orElseThrow();
    Version entered = commit.enter(version, Optional.of("said")).await().atMost(PATIENCE);
    stopped.put("late", bytes("3")).then().statusCode(409);
    if (after.ordinal() >= Crash.NODES_PUT.ordinal()) {
      PutTree tree = commit.putTree(entered);
      if (after.ordinal() >= Crash.RECORD_PUT.ordinal()) {
        commit.putRecord(entered, tree.root());
      }
      if (after.ordinal() >= Crash.MARKED.ordinal()) {
        commit.markCommitted(entered, tree);
      }
    }

    await()
        .atMost(PATIENCE)
        .until(() -> stopped.team().request().get(stopped.path()).path("isCommitted"));
    await().atMost(PATIENCE).until(() -> stagedOf(key).isEmpty());
    TestVersion whole =
        TestVersion.open(stopped.team(), stopped.dataset())
            .with("b/c", bytes("2"))
            .with("a", bytes("1"))
            .committed();
    String digest = whole.commit().extract().path("digest");
    stopped.commit().statusCode(200).body("digest", equalTo(digest), "message", equalTo("said"));
    assertThat(stopped.request().get(stopped.file("b/c")).asString()).isEqualTo("2");
    try (EventLog log = EventLog.of(Topic.DATASETS)) {
      await()
          .atMost(PATIENCE)
          .until(() -> committedIn(log, stopped.dataset()).contains(whole.id()));
      assertThat(committedIn(log, stopped.dataset())).containsExactly(stopped.id(), whole.id());
    }
  }

  private List<?> stagedOf(VersionKey key) {
    return commits.changes(key, Optional.empty()).await().atMost(PATIENCE);
  }

  private static List<String> committedIn(EventLog log, String dataset) {
    return log.events(dataset).stream()
        .filter(VersionCommitted.class::isInstance)
        .map(e -> ((VersionCommitted) e).version().text())
        .toList();
  }

  private static VersionKey key(TestVersion version) {
    return new VersionKey(new DatasetId(version.dataset()), new VersionId(version.id()));
  }

  private static <T> List<T> atOnce(int times, IntFunction<T> call) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(times);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> task :
          IntStream.range(0, times).mapToObj(i -> (Callable<T>) () -> call.apply(i)).toList()) {
        futures.add(threads.submit(task));
      }
      List<T> answers = new ArrayList<>();
      for (Future<T> future : futures) {
        answers.add(future.get());
      }
      return answers;
    } finally {
      threads.shutdown();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
