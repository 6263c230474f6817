package io.moraine.dataset.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.Sha256;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class FileTest {
  private static final int MIB = 1 << 20;

  @TestHTTPResource URI service;

  @Test
  void aFileIsReadBackBeforeTheCommitAndAfter() {
    TestVersion version = TestVersion.open();
    byte[] bytes = random(100_000, 1);

    version
        .put("train/a%20b%C3%BC.png", bytes)
        .then()
        .statusCode(200)
        .body("path", equalTo("train/a bü.png"))
        .body("sizeBytes", equalTo(100_000))
        .body("sha256", equalTo(Sha256.of(bytes).hex()))
        .body("digest", equalTo(Sha256.of(bytes).hex()));
    requireSame(version, "train/a%20b%C3%BC.png", bytes);
    version.committed();
    requireSame(version, "train/a%20b%C3%BC.png", bytes);
    version
        .request()
        .head(version.file("train/a%20b%C3%BC.png"))
        .then()
        .statusCode(200)
        .header("Content-Length", "100000")
        .header("Content-Type", "image/png")
        .header("ETag", "\"" + Sha256.of(bytes).hex().substring(0, 32) + "-1\"");
    assertThat(version.request().get(version.file("train/c.png")).statusCode()).isEqualTo(404);
    assertThat(version.request().head(version.file("train/c.png")).statusCode()).isEqualTo(404);
  }

  private static void requireSame(TestVersion version, String path, byte[] bytes) {
    var answer = version.request().get(version.file(path)).then().statusCode(200).extract();
    assertThat(answer.asByteArray()).isEqualTo(bytes);
    assertThat(answer.header("Content-Length")).isEqualTo(Integer.toString(bytes.length));
    assertThat(answer.header("Content-Type")).isEqualTo("image/png");
    assertThat(answer.header("Transfer-Encoding")).isNull();
  }

  @Test
  void anEmptyFileIsAFile() {
    TestVersion version = TestVersion.open().with("empty", new byte[0]).committed();

    assertThat(version.request().get(version.file("empty")).asByteArray()).isEmpty();
    version.request().header("Range", "bytes=0-").get(version.file("empty")).then().statusCode(416);
    version
        .request()
        .get(version.path() + "/files")
        .then()
        .body("items.path", equalTo(List.of("empty")), "items[0].sizeBytes", equalTo(0));
  }

  @Test
  void putAgainTheLastOneCountsAndADeletedFileIsGone() {
    TestVersion version =
        TestVersion.open().with("a", bytes("old")).with("a", bytes("new")).with("b", bytes("b"));

    version.request().delete(version.file("b")).then().statusCode(204);
    version.request().delete(version.file("never-there")).then().statusCode(204);
    version.committed();

    assertThat(version.request().get(version.file("a")).asString()).isEqualTo("new");
    version.request().get(version.file("b")).then().statusCode(404);
  }

  @Test
  void rangesOfALargeFileCrossItsPieces() throws Exception {
    byte[] large = random(70 * MIB, 2);
    Sha256 sha256 = Sha256.of(large);
    TestVersion version = TestVersion.open();
    HttpResponse<byte[]> put = send(large(version).PUT(BodyPublishers.ofByteArray(large)));
    assertThat(put.statusCode()).isEqualTo(200);
    version.committed();

    String digest =
        version
            .request()
            .get(version.path() + "/files")
            .then()
            .body("items[0].sha256", equalTo(sha256.hex()))
            .extract()
            .path("items[0].digest");
    assertThat(digest).isNotEqualTo(sha256.hex());
    HttpResponse<byte[]> whole = send(large(version));
    assertThat(Sha256.of(whole.body())).isEqualTo(sha256);
    assertThat(whole.headers().firstValue("ETag"))
        .contains("\"" + digest.substring(0, 32) + "-3\"");
    requireRange(version, large, "bytes=0-0", 0, 1);
    requireRange(version, large, "bytes=33554430-33554434", 33554430, 5);
    requireRange(version, large, "bytes=67108863-", 67108863, 70 * MIB - 67108863);
    requireRange(version, large, "bytes=-3", 70 * MIB - 3, 3);
    requireRange(version, large, "bytes=33554432-99999999999", 33554432, 70 * MIB - 33554432);
    HttpResponse<byte[]> outside = send(large(version).header("Range", "bytes=73400320-"));
    assertThat(outside.statusCode()).isEqualTo(416);
    assertThat(outside.headers().firstValue("Content-Range")).contains("bytes */73400320");
  }

  /** Three equal pieces: the second comes while the store does not know of the first yet. */
  @Test
  void aFileOfEqualPiecesIsTaken() throws Exception {
    byte[] zeros = new byte[3 * 32 * MIB + 5];
    TestVersion version = TestVersion.open();

    HttpResponse<byte[]> put = send(large(version).PUT(BodyPublishers.ofByteArray(zeros)));

    assertThat(put.statusCode()).as(new String(put.body(), StandardCharsets.UTF_8)).isEqualTo(200);
    version.committed();
    assertThat(Sha256.of(send(large(version)).body())).isEqualTo(Sha256.of(zeros));
    assertThat(StoredObjects.find(version.team().id() + "/blobs", ""))
        .as("a piece, the rest and the list")
        .hasSize(3);
  }

  private HttpRequest.Builder large(TestVersion version) {
    return HttpRequest.newBuilder(service.resolve(version.file("large")))
        .header("X-API-Key", version.team().key());
  }

  private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());
  }

  private void requireRange(TestVersion version, byte[] bytes, String range, int offset, int length)
      throws Exception {
    HttpResponse<byte[]> answer = send(large(version).header("Range", range));

    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.headers().firstValue("Content-Range"))
        .contains("bytes %d-%d/%d".formatted(offset, offset + length - 1, bytes.length));
    assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(length);
    assertThat(Sha256.of(answer.body())).isEqualTo(Sha256.of(bytes, offset, length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=x"})
  void aRangeThatIsNotOneIsIgnored(String range) {
    TestVersion version = TestVersion.open().with("a", bytes("0123456789"));

    var answer = version.request().header("Range", range).get(version.file("a"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.asString()).isEqualTo("0123456789");
  }

  @Test
  void aConditionalReadGetsWhatItNeeds() {
    TestVersion version = TestVersion.open().with("a", bytes("0123456789"));
    String etag = version.request().get(version.file("a")).header("ETag");

    version.request().header("If-None-Match", etag).get(version.file("a")).then().statusCode(304);
    version
        .request()
        .header("If-Range", "\"another\"")
        .header("Range", "bytes=0-1")
        .get(version.file("a"))
        .then()
        .statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/../b",
        "a/%2e%2e/b",
        "a/%2E%2e/b",
        "./a",
        "a/./b",
        "a//b",
        "a/",
        "a%00b",
        "a%2Fb",
        "..%2f..%2fetc/passwd",
        "%ff",
        "%c0%ae%c0%ae/a",
        "%ed%a0%80"
      })
  void whatIsNoPathIsRefused(String path) throws IOException {
    TestVersion version = TestVersion.open();

    for (String method : List.of("PUT", "GET", "DELETE")) {
      String answer = raw(version, method, path);

      assertThat(answer).as(method + " " + path).startsWith("HTTP/1.1 400 ");
    }
    version.request().get(version.path() + "/files").then().body("items.size()", equalTo(0));
  }

  @Test
  void aPathOf1024BytesIsTheLongest() {
    TestVersion version = TestVersion.open();
    String longest = "d/".repeat(500) + "x".repeat(24);

    version.with(longest, bytes("x")).committed();

    assertThat(version.request().get(version.file(longest)).asString()).isEqualTo("x");
    TestVersion.open().put(longest + "y", bytes("x")).then().statusCode(400);
  }

  /** Sends the path as it is, which HTTP clients do not like to. */
  private String raw(TestVersion version, String method, String path) throws IOException {
    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      String body = method.equals("PUT") ? "x" : "";
      socket
          .getOutputStream()
          .write(
              ("%s %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                      .formatted(
                          method, version.file(path), version.team().key(), body.length(), body))
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({"Content-Length: 1000000,", "Transfer-Encoding: chunked,10"})
  void aBodyThatEndsTooEarlyIsNoFile(String length, String chunk) throws IOException {
    TestVersion version = TestVersion.open();

    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      String begin = chunk == null ? "only this" : chunk + "\r\n0123456789abcdef\r\n";
      socket
          .getOutputStream()
          .write(
              ("PUT %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\n%s\r\n\r\n%s"
                      .formatted(version.file("cut"), version.team().key(), length, begin))
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }
    version.with("whole", bytes("x")).committed();

    version
        .request()
        .get(version.path() + "/files")
        .then()
        .body("items.path", equalTo(List.of("whole")));
  }

  @Test
  void largeFilesThatDoNotComeKeepNoOtherFromComing() throws Exception {
    TestVersion version = TestVersion.open();
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        Socket socket = new Socket(service.getHost(), service.getPort());
        idle.add(socket);
        socket
            .getOutputStream()
            .write(
                ("PUT %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nContent-Length: 99999999\r\n\r\nx")
                    .formatted(version.file("idle" + i), version.team().key())
                    .getBytes(StandardCharsets.US_ASCII));
      }
      byte[] large = random(33 * MIB, 3);
      assertThat(send(large(version).PUT(BodyPublishers.ofByteArray(large))).statusCode())
          .isEqualTo(200);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void aBodyOfUnknownLengthIsTakenWhole() throws IOException {
    TestVersion version = TestVersion.open();
    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("PUT %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nTransfer-Encoding: chunked\r\n"
                      + "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                  .formatted(version.file("chunked"), version.team().key())
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 ");
    }

    assertThat(version.request().get(version.file("chunked")).asString()).isEqualTo("abcde");
  }

  @ParameterizedTest
  @CsvSource({"a,a/b", "a/b,a", "a/b/c,a", "a,a/b/c"})
  void aFileAndADirectoryOfOneNameAreRefusedByName(String first, String second) {
    TestVersion version = TestVersion.open().with(first, bytes("1")).with("a!", bytes("2"));

    version
        .put(second, bytes("3"))
        .then()
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:version/file-and-directory"))
        .body("detail", containsString(first))
        .body("detail", containsString(second));
    version.request().delete(version.file(first)).then().statusCode(204);
    version.with(second, bytes("3")).committed();
  }

  @Test
  void nothingIsPutIntoACommittedVersion() {
    TestVersion version = TestVersion.open().with("a", bytes("1")).committed();

    version
        .put("b", bytes("2"))
        .then()
        .statusCode(409)
        .body("detail", containsString("is committed"))
        .body("error.statusCode", equalTo(409));
    version.request().delete(version.file("a")).then().statusCode(409);
    assertThat(version.request().get(version.file("a")).asString()).isEqualTo("1");
  }

  @Test
  void anotherTeamSeesNothing() {
    TestVersion version = TestVersion.open().with("a", bytes("1"));
    TestTeam other = TestTeam.create();
    TestVersion seen = new TestVersion(other, version.dataset(), version.id());

    seen.request().get(seen.file("a")).then().statusCode(404);
    seen.request().head(seen.file("a")).then().statusCode(404);
    seen.request().get(seen.path() + "/files").then().statusCode(404);
    seen.put("b", bytes("1")).then().statusCode(404);
    seen.request().delete(seen.file("a")).then().statusCode(404);
    other.request().get(seen.path()).then().statusCode(404);
    seen.commit().statusCode(404);
    other.request().delete(seen.path()).then().statusCode(404);
    assertThat(version.request().get(version.file("a")).asString()).isEqualTo("1");
  }

  @Test
  void aReaderReadsAndDoesNotPut() {
    TestVersion version = TestVersion.open().with("a", bytes("1"));
    TestVersion read =
        new TestVersion(
            new TestTeam(version.team().id(), version.team().newKey("reader")),
            version.dataset(),
            version.id());

    read.put("b", bytes("1")).then().statusCode(403);
    assertThat(read.request().get(read.file("a")).statusCode()).isEqualTo(200);
  }

  @Test
  void theBucketBreaksTheConnectionOfAReadThatIsNotRight() throws Exception {
    byte[] bytes = random(3 * MIB, 4);
    TestVersion version = TestVersion.open().with("a", bytes).committed();
    StoredObjects.damage(version.team().id(), Sha256.of(bytes), 2 * MIB);

    try (Socket socket = new Socket(service.getHost(), service.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\n\r\n"
                  .formatted(version.file("a"), version.team().key())
                  .getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(20_000);
      long received = 0;
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[65536];
      int read;
      try {
        while ((read = in.read(buffer)) >= 0) {
          received += read;
        }
      } catch (java.net.SocketException e) {
        // A reset is as good an end.
      }
      assertThat(received).isLessThan(bytes.length);
    }
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
