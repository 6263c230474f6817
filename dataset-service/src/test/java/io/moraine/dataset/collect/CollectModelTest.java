package io.moraine.dataset.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.NodeLinks;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.DirectClient;
import io.moraine.dataset.PassingTime;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.Sha256;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random interleavings of everything that adds, refers to, deletes and collects, over the real
 * service, database and bucket, beside a model of what every version holds. After each step every
 * byte of every version, committed or open, must be where its row says; in the end, when time has
 * passed, there must be nothing else. Some runs of the collector are under way during the steps
 * that follow.
 *
 * <p>The seed is printed; {@code -Dmoraine.model.seed=} repeats its steps (not the timing of runs
 * under way), {@code -Dmoraine.model.steps=} and {@code -Dmoraine.model.seconds=} make it longer.
 */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class CollectModelTest {
  private static final int STEPS = Integer.getInteger("moraine.model.steps", 2_000);

  /** A busy machine takes fewer steps, but as many as it takes for everything to happen. */
  private static final int FEWEST_STEPS = Math.min(STEPS, 800);

  private static final Duration MOST_TIME =
      Duration.ofSeconds(Integer.getInteger("moraine.model.seconds", 45));

  private static final int FULL_CHECK_EVERY = 100;
  private static final int MOST_VERSIONS = 8;
  private static final List<String> PATHS = List.of("a", "b", "c/d", "c/e", "f", "g/h/i", "j");
  private static final int CONTENTS = 24;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What may happen, and how often in comparison. */
  private enum Action {
    OPEN(8),
    OPEN_ON_BASE(8),
    PUT(16),
    DELETE_FILE(4),
    BEGIN_PUSH(12),
    GO_ON_PUSHING(40),
    COMMIT(12),
    DELETE_VERSION(14),
    HOLD(3),
    LET_GO(3),
    COLLECT(10),
    COLLECT_BESIDE(8),
    PASS_TIME(14);

    private final int weight;

    Action(int weight) {
      this.weight = weight;
    }
  }

  /** A version as it should be: by path the number of its content. */
  private static final class Model {
    private final TestVersion version;
    private final TreeMap<String, Integer> files = new TreeMap<>();
    private boolean committed;
    private boolean held;
    private Push push;
    private VersionRoot root;
    private VersionRoot base = VersionRoot.EMPTY;

    private Model(TestVersion version) {
      this.version = version;
    }
  }

  /** A push under way, which may end at any step and go on at any other. */
  private static final class Push {
    private final TreeMap<String, Integer> files;
    private int step;
    private List<byte[]> missing = List.of();
    private final List<Map<String, Object>> objects = new ArrayList<>();

    private Push(TreeMap<String, Integer> files) {
      this.files = files;
    }
  }

  /** Where a row says that a content lies. */
  private record Place(String object, long offset, int length) {}

  @Inject Pool database;

  private final List<Model> versions = new ArrayList<>();
  private final Set<String> verified = new HashSet<>();
  private final Map<Action, Integer> counts = new EnumMap<>(Action.class);
  private final Map<String, Integer> outcomes = new TreeMap<>();
  private CompletableFuture<Void> beside = CompletableFuture.completedFuture(null);
  private Random random;
  private TestTeam team;
  private String dataset;
  private String store;
  private Path bucket;

  @Test
  void noByteOfALiveVersionIsEverLostAndNothingElseIsLeft() throws Exception {
    long seed = Long.getLong("moraine.model.seed", System.nanoTime());
    System.out.println("CollectModelTest: -Dmoraine.model.seed=" + seed);
    random = new Random(seed);
    team = TestTeam.create();
    dataset = team.newDataset("faces");
    store = team.request().get("/storageProviders").path("[0].id");
    bucket =
        Path.of(
            EmbeddedStack.variables().get("MORAINE_HOME"),
            "s3",
            "buckets",
            EmbeddedStack.variables().get("MORAINE_S3_BUCKET"));
    long end = System.nanoTime() + MOST_TIME.toNanos();
    for (int step = 1; step <= STEPS && (step <= FEWEST_STEPS || System.nanoTime() < end); step++) {
      Action action = choose();
      String where = "step %d, %s".formatted(step, action);
      try {
        take(action);
        check();
        if (step % FULL_CHECK_EVERY == 0) {
          readEverything();
        }
      } catch (Exception | AssertionError e) {
        throw new AssertionError(where + ": " + e.getMessage(), e);
      }
    }
    end();
    System.out.println("CollectModelTest: " + counts + ", " + outcomes);
    assertThat(outcomes.keySet())
        .contains("committed", "condemned", "deleted contents", "deleted objects", "staged");
  }

  private Action choose() {
    int all = 0;
    for (Action action : Action.values()) {
      all += action.weight;
    }
    int at = random.nextInt(all);
    for (Action action : Action.values()) {
      at -= action.weight;
      if (at < 0) {
        counts.merge(action, 1, Integer::sum);
        return action;
      }
    }
    throw new IllegalStateException();
  }

  private void take(Action action) throws Exception {
    switch (action) {
      case OPEN -> open(null);
      case OPEN_ON_BASE -> open(any(committed()));
      case PUT -> put(any(open()));
      case DELETE_FILE -> deleteFile(any(open()));
      case BEGIN_PUSH -> beginPush(any(open()));
      case GO_ON_PUSHING -> push(any(versions.stream().filter(v -> v.push != null).toList()));
      case COMMIT -> commit(any(mostlyWithoutPush(open())));
      case DELETE_VERSION -> delete(any(mostlyWithoutPush(versions)));
      case HOLD -> hold(any(committed()));
      case LET_GO -> letGo(any(versions.stream().filter(v -> v.held).toList()));
      case COLLECT -> {
        beside.join();
        collect();
      }
      case COLLECT_BESIDE -> {
        beside.join();
        beside = CompletableFuture.runAsync(this::collect);
      }
      case PASS_TIME -> {
        beside.join();
        passTime(List.of(20, 61, 25 * 60).get(random.nextInt(3)));
      }
    }
  }

  private List<Model> open() {
    return versions.stream().filter(v -> !v.committed).toList();
  }

  private List<Model> committed() {
    return versions.stream().filter(v -> v.committed).toList();
  }

  /** So that some pushes come to their end. */
  private List<Model> mostlyWithoutPush(List<Model> all) {
    return random.nextInt(5) == 0 ? all : all.stream().filter(v -> v.push == null).toList();
  }

  private Model any(List<Model> all) {
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }

  private void open(Model base) {
    if (versions.size() >= MOST_VERSIONS) {
      return;
    }
    Map<String, ?> wanted = base == null ? Map.of() : Map.of("base", base.version.id());
    Model model = new Model(TestVersion.open(team, dataset, wanted));
    if (base != null) {
      model.files.putAll(base.files);
      model.base = base.root;
    }
    versions.add(model);
  }

  private void put(Model model) {
    if (model == null) {
      return;
    }
    String path = path();
    int content = random.nextInt(CONTENTS);
    int status = model.version.put(path, bytes(content)).statusCode();
    if (isBeingDeleted(status)) {
      return;
    }
    assertThat(status).isEqualTo(200);
    model.files.put(path, content);
  }

  private void deleteFile(Model model) {
    if (model == null || model.files.isEmpty()) {
      return;
    }
    String path = List.copyOf(model.files.keySet()).get(random.nextInt(model.files.size()));
    model.version.request().delete(model.version.file(path)).then().statusCode(204);
    model.files.remove(path);
  }

  private void beginPush(Model model) {
    if (model == null) {
      return;
    }
    TreeMap<String, Integer> files = new TreeMap<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      files.put(path(), random.nextInt(CONTENTS));
    }
    model.push = new Push(files);
  }

  /** One step of: what is missing, put it, say so, stage. Time may pass in between. */
  private void push(Model model) throws Exception {
    if (model == null) {
      return;
    }
    Push push = model.push;
    DirectClient client = new DirectClient(model.version);
    switch (push.step) {
      case 0 -> {
        Set<Integer> contents = new TreeSet<>(push.files.values());
        String[] names =
            contents.stream().map(c -> DirectClient.blob(bytes(c))).toArray(String[]::new);
        Set<String> missing = new HashSet<>(client.missing(names));
        push.missing =
            contents.stream()
                .map(CollectModelTest::bytes)
                .filter(b -> missing.contains(DirectClient.blob(b)))
                .toList();
        push.objects.clear();
        push.step = push.missing.isEmpty() ? 3 : 1;
      }
      case 1 -> {
        if (push.missing.size() == 1 && random.nextBoolean()) {
          upload(client, push, "blob", push.missing.get(0));
        } else {
          upload(
              client, push, "pack", DirectClient.pack(push.missing.toArray(byte[][]::new)).bytes());
        }
        push.step = push.objects.isEmpty() ? 1 : 2;
      }
      case 2 -> {
        int status = client.done(push.objects).extract().statusCode();
        if (isBeingDeleted(status)) {
          return;
        }
        // 409: it took so long that the object was collected; a client begins anew.
        assertThat(status).isIn(200, 409);
        note(status == 200 ? "registered" : "object gone");
        push.step = status == 200 ? 3 : 0;
      }
      default -> stage(model, client, push);
    }
  }

  private void upload(DirectClient client, Push push, String type, byte[] object) throws Exception {
    Map<String, Object> named = DirectClient.object(type, object);
    ValidatableResponse answer = client.post("/uploads", Map.of("objects", List.of(named)));
    if (isBeingDeleted(answer.extract().statusCode())) {
      return;
    }
    Map<String, Object> signed = answer.statusCode(200).extract().path("uploads[0]");
    if (!(Boolean) signed.get("stored")) {
      assertThat(DirectClient.put(signed, object)).isEqualTo(200);
    }
    push.objects.add(named);
  }

  /** On a machine that is slow to delete what a run beside has claimed: a client tries again. */
  private boolean isBeingDeleted(int status) {
    if (status == 503) {
      note("being deleted");
    }
    return status == 503;
  }

  private void stage(Model model, DirectClient client, Push push) {
    String lines =
        push.files.entrySet().stream()
            .map(file -> DirectClient.line(file.getKey(), bytes(file.getValue())))
            .collect(Collectors.joining());
    ValidatableResponse answer = client.stage(lines);
    int status = answer.extract().statusCode();
    assertThat(status).isIn(200, 409);
    note(status == 200 ? "staged" : "contents gone");
    if (status == 200) {
      model.files.putAll(push.files);
      model.push = null;
    } else {
      push.step = 0;
    }
  }

  private void commit(Model model) {
    if (model == null) {
      return;
    }
    String digest = model.version.commit().statusCode(200).extract().path("digest");
    int files = model.version.commit().extract().path("files");
    model.committed = true;
    model.push = null;
    model.root = new VersionRoot(Sha256.ofHex(digest), files, 0);
    note("committed");
  }

  private void delete(Model model) {
    if (model == null) {
      return;
    }
    int status = team.request().delete(model.version.path()).statusCode();
    assertThat(status).isEqualTo(model.held ? 409 : 204);
    if (status == 204) {
      versions.remove(model);
    }
  }

  private void hold(Model model) {
    if (model == null) {
      return;
    }
    team.request()
        .body(Map.of("expiresInSeconds", 86_400))
        .put("/datasets/ref/" + dataset + ":" + model.version.id() + "/holds/model")
        .then()
        .statusCode(200);
    model.held = true;
  }

  private void letGo(Model model) {
    if (model == null) {
      return;
    }
    team.request().delete(model.version.path() + "/holds/model").then().statusCode(204);
    model.held = false;
  }

  private void collect() {
    Map<String, Object> done =
        team.request().post("/collections").then().statusCode(200).extract().path("$");
    note("condemned", (int) done.get("condemned"));
    note("cleared", (int) done.get("cleared"));
    note("deleted contents", (int) done.get("deletedContents"));
    note("deleted objects", (int) done.get("deletedObjects"));
    note("orphans", (int) done.get("orphans"));
    note("repacked", (int) done.get("repackedPacks"));
    assertThat(done.get("damaged")).isEqualTo(0);
  }

  private void passTime(int minutes) throws IOException {
    PassingTime.pass(database, team, Duration.ofMinutes(minutes));
  }

  private void note(String outcome) {
    note(outcome, 1);
  }

  private void note(String outcome, int count) {
    if (count > 0) {
      synchronized (outcomes) {
        outcomes.merge(outcome, count, Integer::sum);
      }
    }
  }

  /** Everything that versions need is in the bucket, byte for byte, where the table says. */
  private void check() throws IOException {
    reachable(places());
  }

  private Set<ContentId> reachable(Map<ContentId, Place> places) throws IOException {
    Set<ContentId> reached = new HashSet<>();
    for (Model model : versions) {
      if (model.committed) {
        walk(model.root, places, reached);
      } else {
        walk(model.base, places, reached);
        for (int content : model.files.values()) {
          reach(new ContentId(ContentKind.BLOB, Sha256.of(bytes(content))), places, reached);
        }
      }
    }
    return reached;
  }

  private void walk(VersionRoot root, Map<ContentId, Place> places, Set<ContentId> reached)
      throws IOException {
    if (!root.digest().equals(VersionRoot.EMPTY.digest())) {
      reach(new ContentId(ContentKind.NODE, root.digest()), places, reached);
    }
  }

  private void reach(ContentId content, Map<ContentId, Place> places, Set<ContentId> reached)
      throws IOException {
    if (!reached.add(content)) {
      return;
    }
    Place place = places.get(content);
    assertThat(place).as("the row of %s", content).isNotNull();
    Path object = bucket.resolve(place.object());
    assertThat(object).as("where %s lies", content).exists();
    if (content.kind() == ContentKind.NODE) {
      byte[] node = read(object, place);
      for (ContentId link : NodeLinks.of(node, content.sha256()).contents()) {
        reach(link, places, reached);
      }
    } else if (verified.add(content + " " + place)) {
      assertThat(Sha256.of(read(object, place))).isEqualTo(content.sha256());
    }
  }

  private static byte[] read(Path object, Place place) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(object.toFile(), "r")) {
      byte[] bytes = new byte[place.length()];
      file.seek(place.offset());
      file.readFully(bytes);
      return bytes;
    }
  }

  private Map<ContentId, Place> places() {
    Map<ContentId, Place> places = new HashMap<>();
    database
        .query("SELECT * FROM content WHERE store = '" + store + "'")
        .execute()
        .await()
        .atMost(PATIENCE)
        .forEach(
            row ->
                places.put(
                    MarkStore.content(row),
                    new Place(
                        row.getString("object"),
                        row.getLong("offset_bytes"),
                        row.getLong("size_bytes").intValue())));
    return places;
  }

  /** As users do. */
  private void readEverything() {
    for (Model model : versions) {
      List<String> listed =
          model
              .version
              .request()
              .get(model.version.path() + "/files")
              .then()
              .statusCode(200)
              .extract()
              .path("items.path");
      assertThat(listed).containsExactlyElementsOf(model.files.keySet());
      model.files.forEach(
          (path, content) ->
              assertThat(model.version.request().get(model.version.file(path)).asByteArray())
                  .as("%s of %s", path, model.version.id())
                  .isEqualTo(bytes(content)));
    }
  }

  /** Two runs delete what nothing reaches, and a third the objects that are left empty. */
  private void end() throws IOException {
    beside.join();
    readEverything();
    for (int run = 0; run < 4; run++) {
      passTime(25 * 60);
      collect();
    }
    Map<ContentId, Place> places = places();
    assertThat(places.keySet()).as("rows").isEqualTo(reachable(places));
    Set<String> objects = new TreeSet<>();
    for (String kind : List.of("/blobs/", "/packs/")) {
      for (Path object : StoredObjects.find(team.id() + kind, "")) {
        objects.add(bucket.relativize(object).toString());
      }
    }
    assertThat(objects)
        .as("objects")
        .isEqualTo(
            places.values().stream()
                .map(Place::object)
                .collect(Collectors.toCollection(TreeSet::new)));
    readEverything();
  }

  private String path() {
    return PATHS.get(random.nextInt(PATHS.size()));
  }

  /** Contents of every size that a small test can have, the empty one too. */
  private static byte[] bytes(int content) {
    return ("content " + content + " ").repeat(content * content).getBytes(StandardCharsets.UTF_8);
  }
}
