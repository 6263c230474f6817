package io.moraine.dataset.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.s3.Wire.Answer;
import io.moraine.dataset.s3.Wire.Mode;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must not get through, whatever the way in which a request is signed. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class SignatureTest {
  private static final byte[] BYTES = random(150_000);
  private static final String OTHER_SIGNATURE = "0".repeat(64);

  private TestVersion version;
  private GatewayClient client;

  @BeforeEach
  void world() {
    version = TestVersion.open().with("a.txt", new byte[] {1, 2, 3});
    client = GatewayClient.of(version.team().key());
  }

  @Test
  void everyWayToSignIsTaken() throws IOException {
    for (Mode mode : Mode.values()) {
      Answer put = put(mode).signed().send();
      assertThat(put.status()).as("%s: %s", mode, put.body()).isEqualTo(200);
      assertThat(version.request().get(version.file("new.bin")).asByteArray())
          .as("%s", mode)
          .isEqualTo(BYTES);
      version.request().delete(version.file("new.bin")).then().statusCode(204);
      Answer empty = put(mode).body(new byte[0]).signed().send();
      assertThat(empty.status()).as("%s: %s", mode, empty.body()).isEqualTo(200);
      version.request().delete(version.file("new.bin")).then().statusCode(204);
    }
    Wire elsewhere = get(Mode.HASHED);
    elsewhere.region = "eu-central-1";
    assertThat(elsewhere.signed().send().status()).isEqualTo(200);
  }

  @Test
  void aWrongSignatureIsRefusedByEveryHandlerInEveryMode() throws IOException {
    SoftAssertions checks = new SoftAssertions();
    String upload = upload();

    for (Mode mode : Mode.values()) {
      for (Supplier<Wire> handler : handlers(mode, upload)) {
        Wire request = handler.get().signed().withSignature(OTHER_SIGNATURE);
        Answer answer = request.send();
        checks.assertThat(answer.status()).as("%s", request).isEqualTo(403);
        if (!request.method.equals("HEAD")) {
          checks.assertThat(answer.code()).as("%s", request).isEqualTo("SignatureDoesNotMatch");
        }
      }
    }

    checks.assertAll();
    requireUntouched();
  }

  @Test
  void aRequestThatIsAlteredAfterItWasSignedIsRefused() throws IOException {
    Map<String, Consumer<Wire>> alterations = new LinkedHashMap<>();
    alterations.put("method", w -> w.method = "DELETE");
    alterations.put("path", w -> w.path = path("other.bin"));
    alterations.put("query added", w -> w.query("prefix", "x"));
    alterations.put("query value", w -> w.query.put("x-id", "other"));
    alterations.put("query removed", w -> w.query.remove("x-id"));
    alterations.put("host", w -> w.header("host", "127.0.0.1:1"));
    alterations.put("type", w -> w.header("content-type", "text/html"));
    alterations.put("copy source", w -> w.header("x-amz-copy-source", path("a.txt")));
    alterations.put("acl", w -> w.header("x-amz-acl", "public-read"));
    alterations.put("checksum", w -> w.header("x-amz-checksum-crc32", "AAAAAA=="));
    alterations.put("metadata", w -> w.header("x-amz-meta-a", "b"));
    SoftAssertions checks = new SoftAssertions();

    for (Mode mode : Mode.values()) {
      alterations.forEach(
          (what, alteration) -> {
            Wire request =
                put(mode).query("x-id", "PutObject").header("content-type", "text/plain").signed();
            alteration.accept(request);
            Answer answer = send(request);
            checks.assertThat(answer.status()).as("%s: %s", mode, what).isEqualTo(403);
          });
    }

    checks.assertAll();
    requireUntouched();
  }

  @Test
  void aRequestIsGoodForAQuarterOfAnHour() throws IOException {
    Instant now = Instant.now();
    for (Mode mode : Mode.values()) {
      if (mode == Mode.QUERY) {
        continue;
      }
      for (int minutes : List.of(-14, 14)) {
        Answer answer = put(mode).at(now.plus(Duration.ofMinutes(minutes))).signed().send();
        assertThat(answer.status()).as("%s %d: %s", mode, minutes, answer.body()).isEqualTo(200);
      }
      version.request().delete(version.file("new.bin"));
      for (int minutes : List.of(-16, 16, -60 * 24 * 400)) {
        Answer answer = put(mode).at(now.plus(Duration.ofMinutes(minutes))).signed().send();
        assertThat(answer.code()).as("%s %d", mode, minutes).isEqualTo("RequestTimeTooSkewed");
      }
    }
    requireUntouched();
  }

  @Test
  void aUrlIsGoodForAsLongAsItSays() throws IOException {
    Instant now = Instant.now();
    assertThat(url(now.minusSeconds(3_500), "3600").code()).isEmpty();
    assertThat(url(now.plusSeconds(800), "60").code()).isEmpty();
    assertThat(url(now.minus(Duration.ofDays(6)), "604800").code()).isEmpty();
    assertThat(url(now.minusSeconds(3_700), "3600").code()).isEqualTo("AccessDenied");
    assertThat(url(now.plusSeconds(1_000), "3600").code()).isEqualTo("AccessDenied");
    for (String expires : new String[] {"0", "-1", "604801", "1e3", "", null}) {
      assertThat(url(now, expires).code())
          .as("%s", expires)
          .isEqualTo("AuthorizationQueryParametersError");
    }
  }

  private Answer url(Instant time, String expires) throws IOException {
    Wire request = get(Mode.QUERY).at(time);
    request.expires = expires;
    return request.signed().send();
  }

  @Test
  void aSignatureOfAnotherScopeIsRefused() throws IOException {
    Map<String, Consumer<Wire>> scopes = new LinkedHashMap<>();
    scopes.put("service", w -> w.service = "ec2");
    scopes.put("terminator", w -> w.terminator = "aws4_request2");
    scopes.put("day before", w -> w.day = "20200101");
    scopes.put("no day", w -> w.day = "today");
    scopes.put("algorithm", w -> w.algorithm = "AWS4-HMAC-SHA1");
    scopes.put("no host", w -> w.unsignedHeader = "host");
    for (Mode mode : List.of(Mode.HASHED, Mode.UNSIGNED, Mode.QUERY, Mode.CHUNKS)) {
      scopes.forEach(
          (what, scope) -> {
            Wire request = mode == Mode.CHUNKS ? put(mode) : get(mode);
            scope.accept(request);
            Answer answer = send(request.signed());
            assertThat(answer.status()).as("%s: %s", mode, what).isIn(400, 403);
          });
    }
    requireUntouched();
  }

  @Test
  void headersThatMeanSomethingHaveToBeSigned() throws IOException {
    for (Mode mode : List.of(Mode.HASHED, Mode.UNSIGNED, Mode.QUERY)) {
      Wire request = put(mode).header("x-amz-copy-source", path("a.txt"));
      request.unsignedHeader = "x-amz-copy-source";
      Answer answer = request.signed().send();
      assertThat(answer.code()).as("%s", mode).isEqualTo("AccessDenied");
      assertThat(answer.body()).contains("x-amz-copy-source");
    }
    requireUntouched();
  }

  @Test
  void whoIsNobodyGetsNothing() throws IOException {
    String upload = upload();
    Map<String, Consumer<Wire>> nobodies = new LinkedHashMap<>();
    nobodies.put("nothing", w -> w.headers.remove("authorization"));
    nobodies.put("bearer", w -> w.header("authorization", "Bearer " + version.team().key()));
    nobodies.put(
        "api key",
        w -> w.header("x-api-key", version.team().key()).headers.remove("authorization"));
    nobodies.put(
        "old", w -> w.header("authorization", "AWS " + client.accessKey() + ":c2lnbmF0dXJl"));
    nobodies.put("rubbish", w -> w.header("authorization", "AWS4-HMAC-SHA256 rubbish"));
    nobodies.put(
        "old query",
        w -> {
          w.headers.remove("authorization");
          w.query("AWSAccessKeyId", client.accessKey())
              .query("Signature", "c2lnbmF0dXJl")
              .query("Expires", "9999999999");
        });
    nobodies.put(
        "unknown key",
        w ->
            w.header(
                "authorization",
                w.headers.get("authorization").replace(client.accessKey(), "A".repeat(16))));
    SoftAssertions checks = new SoftAssertions();

    for (Supplier<Wire> handler : handlers(Mode.HASHED, upload)) {
      nobodies.forEach(
          (what, nobody) -> {
            Wire request = handler.get().signed();
            nobody.accept(request);
            Answer answer = send(request);
            checks.assertThat(answer.status()).as("%s: %s", what, request).isIn(400, 403);
          });
    }
    for (String method : List.of("OPTIONS", "TRACE", "PATCH", "GET")) {
      Wire request =
          new Wire(client, Mode.HASHED, method, method.equals("GET") ? "/healthz" : path("a.txt"))
              .signed();
      request.headers.remove("authorization");
      checks.assertThat(send(request).status()).as("%s", request).isIn(400, 403, 405);
    }

    checks.assertAll();
    requireUntouched();
  }

  @Test
  void aServiceKeyBelongsToNoTeam() throws IOException {
    GatewayClient service = GatewayClient.of(TestTeam.serviceKey());

    Answer answer = new Wire(service, Mode.HASHED, "GET", "/").signed().send();

    assertThat(answer.code()).isEqualTo("AccessDenied");
    assertThat(answer.body()).contains("belongs to no team");
  }

  @Test
  void twoSignaturesAreOneTooMany() throws IOException {
    Wire request = get(Mode.HASHED).query("X-Amz-Algorithm", "AWS4-HMAC-SHA256").signed();

    assertThat(request.send().code()).isEqualTo("InvalidArgument");
    requireUntouched();
  }

  @Test
  void aParameterThatIsSaidTwiceIsRefused() throws IOException {
    Wire request = get(Mode.QUERY).query("response-content-type", "text/plain").signed();
    request.path += "?response-content-type=text/html&";
    assertThat(request.send().status()).isIn(400, 403);

    Wire list =
        new Wire(client, Mode.HASHED, "GET", "/" + version.dataset()).query("prefix", "a").signed();
    list.path = list.path + "?prefix=a&x=1";
    assertThat(list.send().status()).isIn(400, 403);
  }

  @Test
  void aTimeThatIsNotSignedIsNone() throws IOException {
    Wire request = get(Mode.HASHED).signed();
    request.header("date", "Tue, 15 Nov 1994 08:12:31 GMT").headers.remove("x-amz-date");
    assertThat(request.send().code()).isEqualTo("AccessDenied");

    Wire url = get(Mode.QUERY).at(Instant.now().minusSeconds(7_200)).signed();
    url.header("date", "now").header("x-amz-date", "20990101T000000Z");
    assertThat(url.send().code()).isEqualTo("AccessDenied");
  }

  @Test
  void otherBytesThanWereSignedAreNotStored() throws IOException {
    Wire hashed = put(Mode.HASHED).signed();
    byte[] other = BYTES.clone();
    other[100_000] ^= 1;
    hashed.sent = other;
    assertThat(hashed.send().code()).isEqualTo("XAmzContentSHA256Mismatch");

    Wire renamed = put(Mode.HASHED).signed();
    renamed.sent = other;
    renamed.header("x-amz-content-sha256", io.moraine.vocabulary.Sha256.of(other).hex());
    assertThat(renamed.send().code()).isEqualTo("SignatureDoesNotMatch");

    Wire unknown = put(Mode.HASHED).signed();
    unknown.header("x-amz-content-sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD");
    assertThat(unknown.send().status()).isIn(403, 501);
    requireUntouched();
  }

  @Test
  void chunksThatAreAlteredAreNotStored() throws IOException {
    Map<String, Function<String, String>> signed = new LinkedHashMap<>();
    signed.put("a byte", body -> flip(body, body.length() / 2));
    signed.put(
        "the first signature",
        body -> body.replaceFirst("(chunk-signature=)[0-9a-f]{8}", "$100000000"));
    signed.put(
        "the last signature",
        body -> {
          int last = body.lastIndexOf("chunk-signature=") + 16;
          return body.substring(0, last) + "00000000" + body.substring(last + 8);
        });
    signed.put("no signatures", body -> body.replaceAll(";chunk-signature=[0-9a-f]{64}", ""));
    signed.put("the order", SignatureTest::swapChunks);
    signed.put("the first one left out", body -> body.substring(secondChunk(body)));
    signed.put(
        "the last one left out", body -> body.substring(0, body.lastIndexOf("0;chunk-signature=")));
    signed.put("all but the first left out", body -> body.substring(0, secondChunk(body)));
    signed.put("a size", body -> body.replaceFirst("10000;", "ffff;"));
    signed.put("a huge size", body -> body.replaceFirst("10000;", "7fffffffffffffff;"));
    signed.put("a negative size", body -> body.replaceFirst("10000;", "-1;"));
    signed.put("rubbish", body -> "rubbish");
    signed.put("nothing", body -> "");
    refuse(Mode.CHUNKS, signed);
    refuse(Mode.CHUNKS_AND_TRAILER, signed);

    Map<String, Function<String, String>> trailed = new LinkedHashMap<>();
    trailed.put("a byte", body -> flip(body, body.length() / 2));
    trailed.put("the checksum", body -> body.replaceFirst("(x-amz-checksum-crc32:).{4}", "$1AAAA"));
    trailed.put("no checksum", body -> body.replaceFirst("x-amz-checksum-crc32:[^\r]*\r\n", ""));
    trailed.put(
        "another checksum",
        body -> body.replaceFirst("x-amz-checksum-crc32:[^\r]*", "x-amz-checksum-sha1:AAAA"));
    trailed.put(
        "one more", body -> body.replaceFirst("(x-amz-checksum-crc32)", "x-amz-meta-a:b\r\n$1"));
    trailed.put("cut off", body -> body.substring(0, body.indexOf("x-amz-checksum-crc32:") + 10));
    refuse(Mode.UNSIGNED_AND_TRAILER, trailed);
    trailed.put(
        "the signature",
        body -> body.replaceFirst("(trailer-signature:)[0-9a-f]{8}", "$100000000"));
    trailed.put(
        "no signature", body -> body.replaceFirst("x-amz-trailer-signature:[^\r]*\r\n", ""));
    refuse(Mode.CHUNKS_AND_TRAILER, trailed);

    for (Mode mode : List.of(Mode.CHUNKS, Mode.CHUNKS_AND_TRAILER, Mode.UNSIGNED_AND_TRAILER)) {
      for (int length : List.of(0, BYTES.length - 1, BYTES.length + 1)) {
        Wire request = put(mode).header("x-amz-decoded-content-length", Integer.toString(length));
        Answer answer = request.signed().send();
        assertThat(answer.status()).as("%s %d", mode, length).isEqualTo(400);
      }
      Wire request = put(mode).signed();
      request.headers.remove("x-amz-decoded-content-length");
      assertThat(request.send().status()).isIn(400, 403, 411);
    }
    requireUntouched();
  }

  private void refuse(Mode mode, Map<String, Function<String, String>> alterations)
      throws IOException {
    for (Map.Entry<String, Function<String, String>> alteration : alterations.entrySet()) {
      Wire request = put(mode).signed();
      String altered = alteration.getValue().apply(request.sent());
      assertThat(altered).as(alteration.getKey()).isNotEqualTo(request.sent());
      Answer answer = request.sending(altered).send();
      assertThat(answer.status())
          .as("%s, %s: %s", mode, alteration.getKey(), answer.body())
          .isIn(400, 403);
    }
  }

  private static String flip(String body, int at) {
    return body.substring(0, at) + (char) (body.charAt(at) ^ 1) + body.substring(at + 1);
  }

  private static int secondChunk(String body) {
    return body.indexOf("10000;", 10);
  }

  private static String swapChunks(String body) {
    int second = secondChunk(body);
    int third = 2 * second;
    return body.substring(second, third) + body.substring(0, second) + body.substring(third);
  }

  @Test
  void aPartThatIsAlteredIsNotThere() throws IOException {
    String upload = upload();
    for (Mode mode : Mode.values()) {
      if (mode == Mode.QUERY || mode == Mode.UNSIGNED) {
        continue; // Says nothing of the body.
      }
      Wire request =
          new Wire(client, mode, "PUT", path("up"))
              .query("uploadId", upload)
              .query("partNumber", "1")
              .body(BYTES)
              .signed();
      request.sending(flip(request.sent(), request.sent().length() / 2));
      assertThat(request.send().status()).as("%s", mode).isIn(400, 403);
    }
    Answer parts =
        new Wire(client, Mode.HASHED, "GET", path("up")).query("uploadId", upload).signed().send();
    assertThat(parts.body()).contains("ListPartsResult").doesNotContain("<Part>");
  }

  @Test
  void aUrlThatWasSignedBeforeTheCommitChangesNothingAfterIt() throws IOException {
    Wire put = put(Mode.QUERY).signed();
    Wire over = new Wire(client, Mode.QUERY, "PUT", path("a.txt")).body(BYTES).signed();
    Wire delete = new Wire(client, Mode.QUERY, "DELETE", path("a.txt")).signed();
    version.committed();

    for (Wire late : List.of(put, over, delete)) {
      Answer answer = late.send();
      assertThat(answer.status()).as("%s", late).isEqualTo(403);
      assertThat(answer.code()).isEqualTo("AccessDenied");
      assertThat(answer.body()).contains("committed");
    }
    requireUntouched();
  }

  @Test
  void aRevokedKeysUrlIsRefused() throws IOException {
    String key = version.team().newKey("writer");
    Wire url = new Wire(GatewayClient.of(key), Mode.QUERY, "GET", path("a.txt")).signed();
    assertThat(url.send().status()).isEqualTo(200);
    version
        .team()
        .request()
        .delete("/teams/" + version.team().id() + "/keys/" + key.split("_")[1])
        .then()
        .statusCode(204);

    assertThat(url.send().code()).isEqualTo("InvalidAccessKeyId");
  }

  @Test
  void aSlashIsASlashHoweverItIsWritten() throws IOException {
    TestVersion theirs = TestVersion.open().with("a.txt", new byte[] {9});
    version.put("dir/b.txt", new byte[] {4}).then().statusCode(200);
    String own = "/" + version.dataset() + "/" + version.id();
    Map<String, Integer> statuses = new LinkedHashMap<>();
    statuses.put(own + "%2Fa.txt", 200);
    statuses.put(own + "/dir%2Fb.txt", 200);
    statuses.put(own + "/dir%2fb.txt", 200);
    statuses.put(own + "/dir%252Fb.txt", 404);
    statuses.put("/" + version.dataset() + "%2F" + version.id() + "%2Fa.txt", 404);
    statuses.put("/" + theirs.dataset() + "/" + theirs.id() + "/a.txt", 404);
    statuses.put("/" + theirs.dataset() + "%2F" + theirs.id() + "/a.txt", 404);
    statuses.put(own + "/../../" + theirs.dataset() + "/" + theirs.id() + "/a.txt", 404);
    statuses.put(own + "/..%2F..%2F" + theirs.dataset() + "%2F" + theirs.id() + "%2Fa.txt", 404);
    statuses.put(own + "/%2e%2e/%2e%2e/" + theirs.dataset() + "/" + theirs.id() + "/a.txt", 404);
    statuses.put(own + "/x/../a.txt", 404);
    statuses.put(own + "//a.txt", 404);
    statuses.put("//" + version.dataset() + "/" + version.id() + "/a.txt", 404);
    statuses.put(own + "/a.txt%00", 400);
    statuses.put(own + "/..%5ca.txt", 404);
    statuses.put(own + "/a%c0%afb", 400);
    statuses.put(own + "/%ff", 400);
    statuses.put(own + "/%zz", 400);
    statuses.put(own + "/%", 400);
    SoftAssertions checks = new SoftAssertions();

    statuses.forEach(
        (path, status) -> {
          for (Mode mode : List.of(Mode.HASHED, Mode.QUERY)) {
            Answer answer = send(new Wire(client, mode, "GET", path).signed());
            checks.assertThat(answer.status()).as("%s: %s", path, answer.body()).isEqualTo(status);
          }
        });

    checks.assertAll();
  }

  @Test
  void aPathThatIsNoneIsPutNowhere() throws IOException {
    String own = "/" + version.dataset() + "/" + version.id();
    for (String path :
        List.of(
            "/../b",
            "/..%2Fb",
            "/%2e%2e%2fb",
            "/a/./b",
            "//b",
            "/b%00",
            "/%c0%ae%c0%ae/b",
            "/%ff",
            "/",
            "",
            "/b/")) {
      Answer answer = new Wire(client, Mode.HASHED, "PUT", own + path).body(BYTES).signed().send();
      assertThat(answer.status()).as("%s: %s", path, answer.body()).isEqualTo(400);
    }
    for (String source : List.of("%ff", "..%2F..", "a%zz")) {
      Answer answer =
          new Wire(client, Mode.HASHED, "PUT", path("copied"))
              .header("x-amz-copy-source", own + "/" + source)
              .signed()
              .send();
      assertThat(answer.status()).as("%s: %s", source, answer.body()).isIn(400, 404);
    }
    requireUntouched();
  }

  @Test
  void aBodyOfNoKnownLengthIsNotTaken() throws IOException {
    Wire upload = new Wire(client, Mode.HASHED, "POST", path("up")).query("uploads", "").signed();
    upload.headers.remove("content-length");
    assertThat(upload.send().body()).contains("<UploadId>");

    Wire put = put(Mode.UNSIGNED).signed();
    put.headers.remove("content-length");
    put.header("transfer-encoding", "chunked").sending("3\r\nabc\r\n0\r\n\r\n");
    put.headers.remove("content-length");
    assertThat(put.send().code()).isEqualTo("MissingContentLength");

    Wire without = put(Mode.UNSIGNED).body(new byte[0]).signed();
    without.headers.remove("content-length");
    assertThat(without.send().code()).isEqualTo("MissingContentLength");
    requireUntouched();
  }

  @Test
  void aDocumentThatIsTooLargeIsRefused() throws IOException {
    byte[] document = new byte[9 << 20];
    java.util.Arrays.fill(document, (byte) ' ');
    Answer answer =
        new Wire(client, Mode.HASHED, "POST", "/" + version.dataset())
            .query("delete", "")
            .body(document)
            .signed()
            .send();
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    Answer complete =
        new Wire(client, Mode.UNSIGNED, "POST", path("up"))
            .query("uploadId", upload())
            .body(document)
            .signed()
            .send();
    assertThat(complete.status()).as(complete.body()).isEqualTo(400);
  }

  private String upload() throws IOException {
    Answer answer =
        new Wire(client, Mode.HASHED, "POST", path("up")).query("uploads", "").signed().send();
    return answer.body().replaceAll("(?s).*<UploadId>(.*?)</UploadId>.*", "$1");
  }

  /** A request to every handler. */
  private List<Supplier<Wire>> handlers(Mode mode, String upload) {
    String bucket = "/" + version.dataset();
    byte[] deletion =
        "<Delete><Object><Key>%s/a.txt</Key></Object></Delete>"
            .formatted(version.id())
            .getBytes(StandardCharsets.UTF_8);
    List<Supplier<Wire>> all = new ArrayList<>();
    all.add(() -> new Wire(client, mode, "GET", "/"));
    all.add(() -> new Wire(client, mode, "HEAD", bucket));
    all.add(() -> new Wire(client, mode, "GET", bucket).query("list-type", "2"));
    all.add(() -> new Wire(client, mode, "GET", bucket));
    all.add(() -> new Wire(client, mode, "GET", bucket).query("uploads", ""));
    all.add(() -> new Wire(client, mode, "GET", bucket).query("location", ""));
    all.add(() -> new Wire(client, mode, "PUT", bucket));
    all.add(() -> new Wire(client, mode, "DELETE", bucket));
    all.add(() -> new Wire(client, mode, "POST", bucket).query("delete", "").body(deletion));
    all.add(() -> new Wire(client, mode, "GET", path("a.txt")));
    all.add(() -> new Wire(client, mode, "HEAD", path("a.txt")));
    all.add(() -> put(mode));
    all.add(
        () -> new Wire(client, mode, "PUT", path("c")).header("x-amz-copy-source", path("a.txt")));
    all.add(() -> new Wire(client, mode, "DELETE", path("a.txt")));
    all.add(() -> new Wire(client, mode, "POST", path("up")).query("uploads", ""));
    all.add(
        () ->
            new Wire(client, mode, "PUT", path("up"))
                .query("uploadId", upload)
                .query("partNumber", "1")
                .body(BYTES));
    all.add(() -> new Wire(client, mode, "GET", path("up")).query("uploadId", upload));
    all.add(
        () -> new Wire(client, mode, "POST", path("up")).query("uploadId", upload).body(deletion));
    all.add(() -> new Wire(client, mode, "DELETE", path("up")).query("uploadId", upload));
    return all;
  }

  private Wire get(Mode mode) {
    return new Wire(client, mode, "GET", path("a.txt"));
  }

  private Wire put(Mode mode) {
    return new Wire(client, mode, "PUT", path("new.bin")).body(BYTES);
  }

  private String path(String file) {
    return "/" + version.dataset() + "/" + version.id() + "/" + file;
  }

  private static Answer send(Wire request) {
    try {
      return request.send();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void requireUntouched() {
    assertThat(version.request().get(version.file("a.txt")).asByteArray()).containsExactly(1, 2, 3);
    assertThat(version.request().get(version.path() + "/files").<List<String>>path("items.path"))
        .containsExactly("a.txt");
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
