package io.moraine.dataset.multipart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.content.file.FileCutter;
import io.moraine.dataset.PassingTime;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.kit.problem.ProblemException;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class MultipartUploadsTest {
  private static final Duration DAY = Duration.ofDays(1).plusMinutes(1);
  private static final FilePath PATH = FilePath.of("a/big file.bin");

  @Inject MultipartUploads uploads;
  @Inject Pool database;

  @Test
  void whateverThePartsTheFileIsTheOneThatOnePutMakes() throws Exception {
    Random random = new Random(20260509);
    TestVersion version = TestVersion.open();

    for (int round = 0; round < 8; round++) {
      byte[] bytes = new byte[random.nextInt(round < 2 ? 1_000 : 70 << 20)];
      random.nextBytes(bytes);
      String id = create(version);
      List<Part> parts = putInAnyOrder(version, id, cut(bytes, random), random);
      String etag = uploads.complete(team(version), id, parts);

      version.put("plain", bytes).then().statusCode(200);
      assertThat(etag(version, PATH.toString()))
          .as("%d bytes in %d parts", bytes.length, parts.size())
          .isEqualTo(etag(version, "plain"))
          .isEqualTo("\"" + etag + "\"");
      assertThat(version.request().get(version.file("a/big%20file.bin")).asByteArray())
          .isEqualTo(bytes);
    }
  }

  private static String etag(TestVersion version, String path) {
    return version.request().head(version.file(path.replace(" ", "%20"))).header("ETag");
  }

  private static List<byte[]> cut(byte[] bytes, Random random) {
    List<byte[]> parts = new ArrayList<>();
    int from = 0;
    do {
      int length = Math.min(bytes.length - from, random.nextInt(1 + bytes.length / 2 + 1));
      byte[] part = new byte[length];
      System.arraycopy(bytes, from, part, 0, length);
      parts.add(part);
      from += length;
    } while (from < bytes.length);
    return parts;
  }

  private List<Part> putInAnyOrder(
      TestVersion version, String id, List<byte[]> bytes, Random random) throws IOException {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < bytes.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    String[] etags = new String[bytes.size()];
    for (int i : order) {
      if (random.nextInt(4) == 0) { // one that comes again replaces this
        put(version, id, 3 * i + 1, new byte[] {1, 2, 3});
      }
      etags[i] = put(version, id, 3 * i + 1, bytes.get(i));
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < etags.length; i++) {
      parts.add(new Part(3 * i + 1, random.nextBoolean() ? etags[i] : "\"" + etags[i] + "\""));
    }
    return parts;
  }

  @Test
  void aCompletionThatIsRepeatedGivesTheSame() throws Exception {
    TestVersion version = TestVersion.open();
    String id = create(version);
    List<Part> parts = List.of(new Part(1, put(version, id, 1, bytes("one"))));

    String first = uploads.complete(team(version), id, parts);
    assertThat(uploads.complete(team(version), id, parts)).isEqualTo(first);
    refused("multipart/no-such-upload", () -> put(version, id, 2, bytes("late")));
    version.committed();
    assertThat(version.request().get(version.file("a/big%20file.bin")).asString()).isEqualTo("one");
  }

  @Test
  void aCompletionThatNamesWhatIsNotThereChangesNothing() throws Exception {
    TestVersion version = TestVersion.open();
    String id = create(version);
    String one = put(version, id, 1, bytes("one"));
    String two = put(version, id, 2, bytes("two"));

    refused("multipart/no-parts", () -> complete(version, id));
    refused("multipart/wrong-part", () -> complete(version, id, new Part(3, one)));
    refused("multipart/wrong-part", () -> complete(version, id, new Part(1, two)));
    refused("multipart/wrong-part", () -> complete(version, id, new Part(1, null)));
    refused(
        "multipart/wrong-order", () -> complete(version, id, new Part(2, two), new Part(1, one)));
    refused(
        "multipart/wrong-order", () -> complete(version, id, new Part(1, one), new Part(1, one)));
    version.request().get(version.file("a/big%20file.bin")).then().statusCode(404);

    complete(version, id, new Part(1, one), new Part(2, two));
    assertThat(version.request().get(version.file("a/big%20file.bin")).asString())
        .isEqualTo("onetwo");
  }

  @Test
  void partsAreNumberedFromOneToTenThousand() {
    TestVersion version = TestVersion.open();
    String id = create(version);

    refused("multipart/no-part-number", () -> put(version, id, 0, bytes("x")));
    refused("multipart/no-part-number", () -> put(version, id, 10_001, bytes("x")));
  }

  @Test
  void aPartThatBreaksOffIsNotThere() {
    TestVersion version = TestVersion.open();
    String id = create(version);

    assertThatThrownBy(
            () -> uploads.putPart(team(version), id, 1, 4, new ByteArrayInputStream(bytes("abc"))))
        .isInstanceOf(IOException.class);
    assertThat(uploads.parts(uploads.get(team(version), id))).isEmpty();
  }

  @Test
  void whatIsAbortedOrAnotherTeamsIsNotThere() throws Exception {
    TestVersion version = TestVersion.open();
    TeamId stranger = new TeamId(TestTeam.create().id());
    String id = create(version);
    Part one = new Part(1, put(version, id, 1, bytes("one")));

    refused(
        "multipart/no-such-upload",
        () -> uploads.putPart(stranger, id, 1, 1, InputStream.nullInputStream()));
    refused("multipart/no-such-upload", () -> uploads.complete(stranger, id, List.of(one)));
    refused("multipart/no-such-upload", () -> uploads.abort(stranger, id));
    refused("dataset/not-found", () -> uploads.create(stranger, ref(version), PATH));
    assertThat(uploads.ofDataset(stranger, new DatasetId(version.dataset()), 10)).isEmpty();
    assertThat(uploads.ofDataset(team(version), new DatasetId(version.dataset()), 10)).hasSize(1);

    uploads.abort(team(version), id);
    refused("multipart/no-such-upload", () -> uploads.complete(team(version), id, List.of(one)));
    refused("multipart/no-such-upload", () -> uploads.abort(team(version), id));
    assertThat(uploads.ofDataset(team(version), new DatasetId(version.dataset()), 10)).isEmpty();
  }

  @Test
  void aCommittedVersionTakesNoMoreAndItsUploadsGo() throws Exception {
    TestVersion version = TestVersion.open().with("b", bytes("b"));
    String id = create(version);
    Part one = new Part(1, put(version, id, 1, bytes("one")));
    version.committed();

    refused("version/not-open", () -> create(version));
    awaitGone(version, id);
    refused("multipart/no-such-upload", () -> put(version, id, 2, bytes("two")));
    refused("multipart/no-such-upload", () -> complete(version, id, one));
    version.team().request().get(version.path()).then().body("files", equalTo(1));
  }

  @Test
  void theUploadsOfADeletedVersionGo() throws Exception {
    TestVersion version = TestVersion.open();
    String id = create(version);
    put(version, id, 1, bytes("one"));
    version.team().request().delete(version.path()).then().statusCode(204);

    awaitGone(version, id);
  }

  @Test
  void anUploadForWhichNothingArrivesForADayGoes() throws Exception {
    TestVersion version = TestVersion.open();
    String lives = create(version);
    String id = create(version);
    put(version, id, 1, bytes("one"));

    execute(
        "UPDATE multipart_upload SET touched_at = now() - interval '25 hours' WHERE id = '%s'", id);
    awaitGone(version, id);
    assertThat(uploads.get(team(version), lives).id()).isEqualTo(lives);
  }

  @Test
  void whatHasArrivedInPartsStaysUntilTheUploadGoes() throws Exception {
    TestVersion version = TestVersion.open();
    byte[] large = new byte[(33 << 20) + 5];
    new Random(1).nextBytes(large);
    String id = create(version);
    List<Part> parts =
        List.of(
            new Part(1, put(version, id, 1, large)),
            new Part(2, put(version, id, 2, bytes("and the end"))));
    for (int run = 0; run < 3; run++) {
      PassingTime.pass(database, version.team(), DAY);
      collect(version, 0);
    }
    uploads.complete(team(version), id, parts);

    // The list of the first part, and the parts' own pieces that the file was not cut into.
    PassingTime.pass(database, version.team(), DAY);
    collect(version, 3);
    assertThat(version.request().get(version.file("a/big%20file.bin")).asByteArray())
        .hasSize(large.length + 11)
        .startsWith(large);
  }

  @Test
  void aPartThatTheStoreHasAlreadyIsKeptToo() throws Exception {
    TestVersion version = TestVersion.open();
    version.put("same", bytes("same")).then().statusCode(200);
    String id = create(version);
    Part one = new Part(1, put(version, id, 1, bytes("same")));
    version.request().delete(version.file("same")).then().statusCode(204);

    for (int run = 0; run < 3; run++) {
      PassingTime.pass(database, version.team(), DAY);
      collect(version, 0);
    }
    complete(version, id, one);
    assertThat(version.request().get(version.file("a/big%20file.bin")).asString())
        .isEqualTo("same");
  }

  private static void collect(TestVersion version, int condemned) {
    version
        .team()
        .request()
        .post("/collections")
        .then()
        .statusCode(200)
        .body("condemned", equalTo(condemned));
  }

  private void awaitGone(TestVersion version, String id) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                database
                        .query("SELECT FROM multipart_part WHERE upload = '" + id + "'")
                        .execute()
                        .await()
                        .atMost(Duration.ofSeconds(30))
                        .rowCount()
                    == 0);
    refused("multipart/no-such-upload", () -> uploads.get(team(version), id));
  }

  private void execute(String sql, Object... arguments) {
    database.query(sql.formatted(arguments)).execute().await().atMost(Duration.ofSeconds(30));
  }

  private String create(TestVersion version) {
    return uploads.create(team(version), ref(version), PATH);
  }

  private String put(TestVersion version, String id, int number, byte[] bytes) throws IOException {
    long length = number % 2 == 0 ? bytes.length : FileCutter.UNKNOWN_LENGTH;
    return uploads.putPart(team(version), id, number, length, new ByteArrayInputStream(bytes));
  }

  private void complete(TestVersion version, String id, Part... parts) {
    uploads.complete(team(version), id, List.of(parts));
  }

  private static TeamId team(TestVersion version) {
    return new TeamId(version.team().id());
  }

  private static DatasetRef ref(TestVersion version) {
    return DatasetRef.parse(version.dataset() + ":" + version.id());
  }

  private interface Call {
    void run() throws Exception;
  }

  private static void refused(String type, Call call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().type()).isEqualTo(type));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
