package io.moraine.dataset.upload;

import static io.moraine.dataset.DirectClient.blob;
import static io.moraine.dataset.DirectClient.line;
import static io.moraine.dataset.DirectClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackWriter;
import io.moraine.dataset.DirectClient;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.Sha256;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contents on their way straight to the bucket and back, and whatever else may be sent. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class DirectTransferTest {
  @TestHTTPResource URI service;

  @Test
  void packsTravelToTheBucketAndBack() throws Exception {
    TestVersion version = TestVersion.open();
    DirectClient client = new DirectClient(version);
    byte[] one = bytes("one");
    byte[] two = bytes("two, which is longer");
    byte[] empty = {};
    Pack pack = DirectClient.pack(one, two, empty);

    assertThat(client.missing(blob(one), blob(two), blob(empty))).hasSize(3);
    Map<String, Object> signed = client.sign(object("pack", pack.bytes()));
    assertThat(signed).containsEntry("stored", false).containsKey("expiresAt");
    assertThat(DirectClient.put(signed, pack.bytes())).isEqualTo(200);
    assertThat(client.missing(blob(one))).as("not before it was looked at").hasSize(1);
    for (int i = 0; i < 2; i++) {
      client
          .done(List.of(object("pack", pack.bytes())))
          .statusCode(200)
          .body("contents", equalTo(3));
    }
    assertThat(client.missing(blob(one), blob(two), blob(empty))).isEmpty();
    assertThat(client.sign(object("pack", pack.bytes())))
        .containsEntry("stored", true)
        .doesNotContainKey("url");
    client
        .stage(line("a", one) + line("d/b", two) + "\n" + line("d/c", empty) + line("e", one))
        .statusCode(200)
        .body("staged", equalTo(4), "deleted", equalTo(0));
    for (int i = 0; i < 2; i++) {
      assertThat(version.request().get(version.file("d/b")).asByteArray()).isEqualTo(two);
      assertThat(client.lines(""))
          .hasSize(5)
          .first()
          .isEqualTo("{\"path\":\"a\",\"sizeBytes\":3,\"content\":\"" + blob(one) + "\"}");
      assertThat(client.lines("?prefix=d/"))
          .hasSize(3)
          .last()
          .isEqualTo("{\"end\":true,\"files\":2,\"bytes\":" + two.length + "}");
      version.committed();
    }
    String reader = version.team().newKey("reader");
    var located =
        TestTeam.as(reader)
            .body(Map.of("contents", List.of(blob(two), blob(one))))
            .post("/datasets/faces/versions/latest/contents:locate")
            .then()
            .statusCode(200)
            .body("objects", hasSize(1), "contents.content", contains(blob(two), blob(one)))
            .body("contents.object", contains(0, 0))
            .extract();
    int offset = located.path("contents[0].offset");
    int size = located.path("contents[0].sizeBytes");
    assertThat(DirectClient.get(located.path("objects[0].url"), offset, size)).isEqualTo(two);
    TestTeam.as(reader)
        .body(Map.of("contents", List.of(blob(bytes("nobody has this")))))
        .post("/datasets/faces/versions/latest/contents:locate")
        .then()
        .statusCode(404)
        .body("missing", contains(blob(bytes("nobody has this"))));
  }

  @Test
  void aLargeFileIsItsPiecesAndTheirList() throws Exception {
    TestVersion version = TestVersion.open();
    DirectClient client = new DirectClient(version);
    byte[] first = new byte[Limits.PIECE_BYTES];
    byte[] last = bytes("the rest");
    PieceList list =
        new PieceList(first.length + last.length, List.of(Sha256.of(first), Sha256.of(last)));
    PackWriter writer = new PackWriter();
    String name = writer.add(ContentKind.LIST, list.encode()).text();
    Pack pack = writer.finish();
    String entry =
        "{\"path\": \"large\", \"sizeBytes\": %d, \"content\": \"%s\"}\n"
            .formatted(list.sizeBytes(), name);
    String wrong = entry.replace(Long.toString(list.sizeBytes()), "" + (list.sizeBytes() + 1));

    client.stage(entry).statusCode(409).body("missing", contains(name));
    client.with("pack", pack.bytes()).with("blob", last);
    client.stage(entry).statusCode(409).body("missing", contains(blob(first)));
    client.with("blob", first);
    client.stage(wrong).statusCode(422).body("type", containsString("file/wrong-size"));
    client.stage(entry).statusCode(200);
    version.committed();
    byte[] read = version.request().get(version.file("large")).asByteArray();
    assertThat(read.length).isEqualTo((int) list.sizeBytes());
    assertThat(new String(read, first.length, last.length, StandardCharsets.UTF_8))
        .isEqualTo("the rest");
  }

  /** Its line is read before the list is there, and the statement runs after. */
  @Test
  void aListThatComesWhileItsEntryIsStagedHidesNoMissingPiece() throws Exception {
    TestVersion version = TestVersion.open();
    DirectClient client = new DirectClient(version);
    PieceList list =
        new PieceList(
            Limits.PIECE_BYTES + 1L,
            List.of(Sha256.of(bytes("never sent")), Sha256.of(bytes("nor this"))));
    PackWriter writer = new PackWriter();
    String name = writer.add(ContentKind.LIST, list.encode()).text();
    Pack pack = writer.finish();
    client.upload("pack", pack.bytes());
    String entry =
        "{\"path\": \"large\", \"sizeBytes\": %d, \"content\": \"%s\"}\n"
            .formatted(list.sizeBytes(), name);

    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST %s/files HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nConnection: close\r\n"
                  + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n")
              .formatted(version.path(), version.team().key(), entry.length(), entry)
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      client.done(List.of(object("pack", pack.bytes()))).statusCode(200);
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 409 ").contains("file/contents-missing");
    }
    client.stage(entry).statusCode(409);
    version.commit().statusCode(200).body("files", equalTo(0));
  }

  @Test
  void whatIsNoListIsNotStagedAsOne() throws Exception {
    DirectClient client = new DirectClient(TestVersion.open());
    long sizeBytes = Limits.PIECE_BYTES + 1L;
    byte[] junk = new byte[PieceList.encodedBytes(sizeBytes)];
    PackWriter writer = new PackWriter();
    String name = writer.add(ContentKind.LIST, junk).text();
    client.with("pack", writer.finish().bytes());

    client
        .stage(
            "{\"path\": \"large\", \"sizeBytes\": %d, \"content\": \"%s\"}\n"
                .formatted(sizeBytes, name))
        .statusCode(422)
        .body("type", containsString("file/no-list"))
        .body("detail", containsString(name));
    client.version().team().request().post("/collections").then().statusCode(200);
  }

  @Test
  void aPackThatLiesIsNeverRecorded() throws Exception {
    DirectClient client = new DirectClient(TestVersion.open());
    byte[] good = bytes("good " + UUID.randomUUID());
    byte[] poisoned = bytes("what somebody else will want");
    byte[] pack = DirectClient.pack(good, poisoned).bytes().clone();
    pack[good.length] ^= 1;

    client.upload("pack", pack);
    client
        .done(List.of(object("pack", pack)))
        .statusCode(422)
        .body("type", equalTo("urn:moraine:problem:upload/not-what-it-says"))
        .body("detail", containsString(Sha256.of(poisoned).hex()));
    assertThat(client.missing(blob(good), blob(poisoned))).hasSize(2);

    byte[] noPack = bytes("this is no pack at all");
    client.upload("pack", noPack);
    client.done(List.of(object("pack", noPack))).statusCode(422);
  }

  @Test
  void oneBadObjectDoesNotKeepTheOthersFromCounting() throws Exception {
    DirectClient client = new DirectClient(TestVersion.open());
    byte[] there = bytes("there " + UUID.randomUUID());
    byte[] absent = bytes("absent " + UUID.randomUUID());
    client.upload("blob", there);

    client
        .done(List.of(object("blob", there), object("blob", absent)))
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:upload/not-there"))
        .body("object.sha256", equalTo(Sha256.of(absent).hex()));
    assertThat(client.missing(blob(there), blob(absent))).containsExactly(blob(absent));
    Map<String, Object> longer =
        Map.of("type", "blob", "sha256", Sha256.of(there).hex(), "sizeBytes", 1);
    client.done(List.of(longer)).statusCode(422);
    client.post("/uploads", Map.of("objects", List.of(longer))).statusCode(422);
  }

  @Test
  void aUrlStoresTheBytesItNamesAndAfterTheCommitNothing() throws Exception {
    TestVersion version = TestVersion.open();
    DirectClient client = new DirectClient(version);
    byte[] right = bytes("right " + UUID.randomUUID());
    byte[] wrong = bytes("wrong " + UUID.randomUUID());
    Map<String, Object> signed = client.sign(object("blob", right));

    assertThat((String) signed.get("url"))
        .contains(
            "X-Amz-SignedHeaders=content-length%3Bhost%3Bif-none-match%3Bx-amz-checksum-sha256");
    assertThat(DirectClient.put(signed, wrong)).isEqualTo(400);
    assertThat(DirectClient.put(signed, right)).isEqualTo(200);
    client.done(List.of(object("blob", right))).statusCode(200);
    client.stage(line("a", right)).statusCode(200);
    version.committed();

    assertThat(DirectClient.put(signed, wrong)).isIn(400, 412);
    assertThat(DirectClient.put(signed, right)).isEqualTo(412);
    assertThat(version.request().get(version.file("a")).asByteArray()).isEqualTo(right);
    client.stage(line("b", right)).statusCode(409).body("type", containsString("not-open"));
    client.post("/uploads", Map.of("objects", List.of())).statusCode(409);
    client.done(List.of()).statusCode(409);
    client.post("/contents:missing", Map.of("contents", List.of())).statusCode(409);
  }

  @Test
  void anotherTeamsContentsAreMissing() throws Exception {
    byte[] theirs = bytes("theirs " + UUID.randomUUID());
    DirectClient other = new DirectClient(TestVersion.open()).with("blob", theirs);
    DirectClient client = new DirectClient(TestVersion.open());

    assertThat(client.missing(blob(theirs))).containsExactly(blob(theirs));
    client
        .stage(line("a", theirs))
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:file/contents-missing"))
        .body("missing", contains(blob(theirs)));
    client.post("/contents:locate", Map.of("contents", List.of(blob(theirs)))).statusCode(404);
    assertThat(client.sign(object("blob", theirs))).containsEntry("stored", false);
    client.done(List.of(object("blob", theirs))).statusCode(409);
    for (String call :
        List.of("/contents:missing", "/contents:locate", "/uploads", "/uploads:done")) {
      TestTeam.as(client.version().team().key())
          .body(Map.of("contents", List.of(), "objects", List.of()))
          .post(other.version().path() + call)
          .then()
          .statusCode(404);
    }
  }

  @Test
  void entriesAreStagedUpToTheFirstThatIsWrong() throws Exception {
    TestVersion version = TestVersion.open();
    byte[] bytes = bytes("kept");
    DirectClient client = new DirectClient(version).with("blob", bytes);
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      many.append(line("f%04d".formatted(i), bytes));
    }

    client
        .stage(many + line("zz", bytes("never uploaded")))
        .statusCode(409)
        .body("missing", contains(blob(bytes("never uploaded"))));
    client.stage(line("zz", bytes).replace(": 4,", ": 5,")).statusCode(422);
    client.stage(many + "{\"path\": \"f0001\", \"deleted\": true}").statusCode(200);
    client
        .stage("{\"path\": \"f0002\", \"deleted\": true}\n" + line("f0003", bytes))
        .statusCode(200)
        .body("staged", equalTo(1), "deleted", equalTo(1));
    version.commit().statusCode(200).body("files", equalTo(4_998));
  }

  @Test
  void overABaseDeletionsAreStagedToo() throws Exception {
    byte[] bytes = bytes("kept");
    TestVersion base = TestVersion.open();
    new DirectClient(base).with("blob", bytes).stage(line("a", bytes) + line("b", bytes));
    base.committed();
    TestVersion version = TestVersion.open(base.team(), base.dataset(), Map.of("base", "latest"));
    DirectClient client = new DirectClient(version);

    client
        .stage("{\"path\": \"a\", \"deleted\": true}\n" + line("c/d", bytes))
        .statusCode(200)
        .body("staged", equalTo(1), "deleted", equalTo(1));
    List<String> lines = client.lines("");
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("\"b\"");
    version.commit().body("files", equalTo(2));
    assertThat(client.lines("")).isEqualTo(lines);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "[]",
        "{\"path\": \"a\"}",
        "{\"path\": \"a\", \"sizeBytes\": -1, \"content\": \"x\"}",
        "{\"path\": \"a\", \"sizeBytes\": 1.5, \"content\": \"x\"}",
        "{\"path\": \"../a\", \"deleted\": true}",
        "{\"path\": \"a\\u0000\", \"deleted\": true}",
        "{\"path\": \"a\\ud800\", \"deleted\": true}",
        "{\"path\": \"a\", \"path\": \"b\", \"deleted\": true}",
        "{\"path\": \"a\", \"deleted\": true} {}",
        "{\"path\": \"a\", \"deleted\": \"yes\"}",
        "{\"path\": \"a\", \"deleted\": true",
      })
  void aLineThatIsNoEntryIsNamed(String bad) throws Exception {
    byte[] bytes = bytes("kept");
    DirectClient client = new DirectClient(TestVersion.open()).with("blob", bytes);

    client
        .stage(line("a", bytes) + "\r\n" + bad + "\n" + line("b", bytes))
        .statusCode(400)
        .body("type", equalTo("urn:moraine:problem:file/bad-line"), "line", equalTo(3));
  }

  @Test
  void aLineIsBounded() {
    DirectClient client = new DirectClient(TestVersion.open());

    client.stage("{\"x\": \"" + "y".repeat(1 << 20)).statusCode(400).body("line", equalTo(1));
    client
        .stage("{\"path\": \"" + "p".repeat(1025) + "\", \"deleted\": true}")
        .statusCode(400)
        .body("detail", containsString("1024"));
  }

  @Test
  void requestsAreBounded() {
    DirectClient client = new DirectClient(TestVersion.open());
    List<String> contents = new ArrayList<>();
    List<Map<String, Object>> objects = new ArrayList<>();
    for (int i = 0; i <= 10_000; i++) {
      contents.add(blob(bytes("" + i)));
      if (i <= 1_000) {
        objects.add(object("blob", bytes("" + i)));
      }
    }

    client.post("/contents:missing", Map.of("contents", contents)).statusCode(400);
    client.post("/contents:locate", Map.of("contents", contents)).statusCode(400);
    client.post("/uploads", Map.of("objects", objects)).statusCode(400);
    client.done(objects).statusCode(400);
    client.post("/contents:missing", Map.of("contents", List.of("blob:xyz"))).statusCode(400);
    client.post("/contents:missing", Map.of()).statusCode(400);
    Map<String, Object> tooLarge =
        Map.of("type", "blob", "sha256", Sha256.of(bytes("x")).hex(), "sizeBytes", 33 << 20);
    client.post("/uploads", Map.of("objects", List.of(tooLarge))).statusCode(400);
    Map<String, Object> noType =
        Map.of("type", "tar", "sha256", Sha256.of(bytes("x")).hex(), "sizeBytes", 3);
    client.post("/uploads", Map.of("objects", List.of(noType))).statusCode(400);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
