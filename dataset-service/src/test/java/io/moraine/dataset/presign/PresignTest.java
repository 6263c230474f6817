package io.moraine.dataset.presign;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the original client asks to be signed, before any of it is called. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class PresignTest {
  private static final byte[] BYTES = {1, 2, 3};

  @Test
  void eachCallIsOneUrlOfTheGatewayInOrder() {
    TestVersion version = TestVersion.open().with("a%20b/%C3%BC+.txt", BYTES);
    List<String> urls =
        sign(
                version,
                version.team().key(),
                """
                {"method": "putObject", "params": {"Key": "/new.txt", "ContentType": "text/plain"}},
                {"method": "headObject", "params": {"Key": "nothing"}},
                {"method": "getObject", "params": {"Key": "a b/ü+.txt"}},
                {"method": "deleteObject", "params": {"Key": "a b/ü+.txt"}},
                {"method": "listObjectsV2", "params": {"Prefix": "/a b/", "MaxKeys": 20}},
                {"method": "listObjectsV2", "params": {"Prefix": "/", "MaxKeys": 64, "Delimiter": "",
                  "ContinuationToken": "x+/="}}
                """)
            .statusCode(200)
            .extract()
            .path("url");
    String gateway = EmbeddedStack.variables().get("MORAINE_GATEWAY_URL");
    String files = gateway + "/" + version.dataset() + "/" + version.id() + "/";

    assertThat(urls).hasSize(6);
    assertThat(urls.get(0)).startsWith(files + "new.txt?");
    assertThat(urls.get(1)).startsWith(files + "nothing?");
    assertThat(urls.get(2)).startsWith(files + "a%20b/%C3%BC%2B.txt?");
    assertThat(urls.get(3)).startsWith(files + "a%20b/%C3%BC%2B.txt?");
    assertThat(query(urls.get(0)))
        .containsEntry("X-Amz-SignedHeaders", "content-type;host")
        .containsEntry("X-Amz-Expires", "3600")
        .hasEntrySatisfying(
            "X-Amz-Credential",
            credential -> assertThat(credential).startsWith(keyId(version.team()) + "/"));
    assertThat(query(urls.get(2))).containsEntry("X-Amz-SignedHeaders", "host");
    assertThat(URI.create(urls.get(4)).getPath()).isEqualTo("/" + version.dataset());
    assertThat(query(urls.get(4)))
        .containsEntry("list-type", "2")
        .containsEntry("prefix", version.id() + "/a b/")
        .containsEntry("delimiter", "/")
        .containsEntry("max-keys", "20");
    assertThat(query(urls.get(5)))
        .containsEntry("prefix", version.id() + "/")
        .containsEntry("continuation-token", "x+/=")
        .doesNotContainKey("delimiter");
  }

  @Test
  void aTagIsSignedAsTheVersionThatItNamesNow() {
    TestVersion version = TestVersion.open().with("a", BYTES).committed();

    String url =
        version
            .team()
            .request()
            .body(calls("{\"method\": \"getObject\", \"params\": {\"Key\": \"a\"}}"))
            .post("/datasets/faces/versions/latest/s3/preSignedUrls")
            .then()
            .statusCode(200)
            .extract()
            .path("[0].url");

    assertThat(url).contains("/" + version.dataset() + "/" + version.id() + "/a?");
  }

  static Stream<Arguments> writes() {
    return Stream.of(
        Arguments.of("putObject", "\"Key\": \"/new\", \"ContentType\": \"text/plain\""),
        Arguments.of("deleteObject", "\"Key\": \"a\""),
        Arguments.of("createMultipartUpload", "\"Key\": \"/new\""),
        Arguments.of("uploadPart", "\"Key\": \"/new\", \"UploadId\": \"u\", \"PartNumber\": 1"),
        Arguments.of(
            "completeMultipartUpload",
            "\"Key\": \"/new\", \"UploadId\": \"u\", \"MultipartUpload\": {\"Parts\":"
                + " [{\"ETag\": \"e\", \"PartNumber\": 1}]}"));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aCommittedVersionTakesNothingByItsIdOrByATag(String method, String params) {
    TestVersion version = TestVersion.open().with("a", BYTES).committed();
    String call = "{\"method\": \"%s\", \"params\": {%s}}".formatted(method, params);

    for (String name : List.of(version.id(), "latest")) {
      version
          .team()
          .request()
          .body(calls(call))
          .post("/datasets/faces/versions/" + name + "/s3/preSignedUrls")
          .then()
          .statusCode(409)
          .body("error.statusCode", equalTo(409))
          .body("error.message", containsString(version.dataset() + ":" + version.id()));
    }
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aReadersKeySignsNoWrite(String method, String params) {
    TestVersion version = TestVersion.open().with("a", BYTES);
    String call = "{\"method\": \"%s\", \"params\": {%s}}".formatted(method, params);

    sign(version, version.team().newKey("reader"), call).statusCode(403);

    version.commit().statusCode(200);
  }

  @Test
  void aReadersKeySignsReads() {
    TestVersion version = TestVersion.open().with("a", BYTES).committed();

    sign(
            version,
            version.team().newKey("reader"),
            """
            {"method": "getObject", "params": {"Key": "a"}},
            {"method": "headObject", "params": {"Key": "a"}},
            {"method": "listObjectsV2", "params": {"Prefix": "/"}}
            """)
        .statusCode(200)
        .body("$", hasSize(3));
  }

  @Test
  void aServiceKeyIsToldThatItCannot() {
    TestVersion version = TestVersion.open();

    TestTeam.as(TestTeam.serviceKey())
        .header("X-Moraine-Team", version.team().id())
        .body(calls("{\"method\": \"listObjectsV2\", \"params\": {\"Prefix\": \"/\"}}"))
        .post(version.path() + "/s3/preSignedUrls")
        .then()
        .statusCode(403)
        .body("type", equalTo("urn:moraine:problem:presign/service-key"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"method\": \"getObject\", \"params\": {\"Key\": \"nothing\"}}",
        "{\"method\": \"deleteObject\", \"params\": {\"Key\": \"nothing\"}}",
        "{\"method\": \"uploadPart\", \"params\": {\"Key\": \"a\", \"UploadId\": \"none\", \"PartNumber\": 1}}"
      })
  void whatIsNotThereIsRefusedBeforeTheClientWaitsForIt(String call) {
    sign(TestVersion.open().with("a", BYTES), call).statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"method\": \"getBucket\"}",
        "{\"method\": \"putObject\"}",
        "{\"method\": \"putObject\", \"params\": {\"Key\": \"/\"}}",
        "{\"method\": \"putObject\", \"params\": {\"Key\": \"/a/../b\"}}",
        "{\"method\": \"putObject\", \"params\": {\"Key\": \"//a\"}}",
        "{\"method\": \"putObject\", \"params\": {\"Key\": \"/a\\u0001\"}}",
        "{\"method\": \"createMultipartUpload\", \"params\": {\"Key\": \"/a\\r\"}}",
        "{\"method\": \"putObject\", \"params\": {\"Key\": \"/a\", \"ContentType\": \"a\\nb\"}}",
        "{\"method\": \"putObject\", \"params\": {\"Key\": 7, \"MaxKeys\": {}}}",
        "{\"method\": \"listObjectsV2\", \"params\": {\"Prefix\": \"/\", \"MaxKeys\": 0}}",
        "{\"method\": \"listObjectsV2\", \"params\": {\"Prefix\": \"/\", \"Delimiter\": \"x\"}}",
        "{\"method\": \"uploadPart\", \"params\": {\"Key\": \"a\", \"UploadId\": \"u\", \"PartNumber\": 0}}",
        "{\"method\": \"uploadPart\", \"params\": {\"Key\": \"a\", \"PartNumber\": 1}}",
        "{\"method\": \"completeMultipartUpload\", \"params\": {\"Key\": \"a\", \"UploadId\": \"u\"}}"
      })
  void whatMakesNoSenseIsA400AndAnnouncesNothing(String call) {
    TestVersion version = TestVersion.open();

    sign(version, put("/other") + "," + call)
        .statusCode(400)
        .body("error.message", containsString(" "));

    version.team().request().get(announced(version)).then().body("items", empty());
  }

  @Test
  void noCommitLeavesOutAFileThatWasAnnounced() {
    TestVersion version = TestVersion.open().with("here", BYTES);
    sign(version, put("/a/b.png") + "," + put("/ä c.png") + "," + put("/here")).statusCode(200);

    version
        .commit()
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:version/files-missing"))
        .body("error.message", containsString("\"a/b.png\""))
        .body("error.message", containsString(version.dataset() + ":" + version.id()))
        .body("missing", contains("a/b.png", "here", "ä c.png"));
    version
        .team()
        .request()
        .get(announced(version))
        .then()
        .body("items.path", contains("a/b.png", "here", "ä c.png"));

    version.with("a/b.png", BYTES).with("here", new byte[] {9});
    version.commit().statusCode(409).body("missing", contains("ä c.png"));
    version.request().delete(version.file("%C3%A4%20c.png")).then().statusCode(204);

    version.committed();
    assertThat(version.request().get(version.file("here")).asByteArray()).containsExactly(9);
  }

  @Test
  void whatWasGivenUpIsNotWaitedFor() {
    TestVersion version = TestVersion.open().with("here", BYTES);
    sign(version, put("/here") + "," + put("/gone")).statusCode(200);
    version.commit().statusCode(409);

    version.team().request().delete(announced(version)).then().statusCode(204);

    version.committed();
    assertThat(version.request().get(version.file("here")).asByteArray()).containsExactly(BYTES);
  }

  @Test
  void filesThatComeInBulkSettleToo() {
    TestVersion source = TestVersion.open().with("a", BYTES).with("b", BYTES).committed();
    TestVersion version = TestVersion.open(source.team(), source.dataset());
    sign(version, put("/a") + "," + put("/b") + "," + put("/c")).statusCode(200);

    version
        .team()
        .request()
        .body(Map.of("from", "faces:" + source.id()))
        .post(version.path() + "/files:copy")
        .then()
        .statusCode(200);
    version.commit().statusCode(409).body("missing", contains("c"));
    version
        .request()
        .contentType("application/x-ndjson")
        .body("{\"path\": \"c\", \"deleted\": true}\n".getBytes(StandardCharsets.UTF_8))
        .post(version.path() + "/files")
        .then()
        .statusCode(200);

    version.committed();
  }

  @Test
  void anAnnouncedVersionCanBeDeleted() {
    TestVersion version = TestVersion.open();
    sign(version, put("/a")).statusCode(200);

    version.team().request().delete(version.path()).then().statusCode(204);
  }

  @Test
  void theServerItselfBeginsAndCompletesUploadsInParts() {
    TestVersion version = TestVersion.open();
    String id =
        sign(
                version,
                "{\"method\": \"createMultipartUpload\", \"params\": {\"Key\": \"/big.bin\"}}")
            .statusCode(200)
            .extract()
            .path("[0].url.UploadId");
    String part =
        "{\"method\": \"uploadPart\", \"params\": {\"Key\": \"/%s\", \"UploadId\": \"%s\", \"PartNumber\": 1}}";

    String url =
        sign(version, part.formatted("big.bin", id)).statusCode(200).extract().path("[0].url");
    assertThat(url).contains("/big.bin?");
    assertThat(query(url))
        .containsEntry("uploadId", id)
        .containsEntry("partNumber", "1")
        .containsEntry("X-Amz-SignedHeaders", "host");
    sign(version, part.formatted("other.bin", id)).statusCode(400);
    version.commit().statusCode(409).body("missing", contains("big.bin"));
    sign(
            version,
            """
            {"method": "completeMultipartUpload", "params": {"Key": "/big.bin", "UploadId": "%s",
              "MultipartUpload": {"Parts": [{"ETag": "none", "PartNumber": 1}]}}}
            """
                .formatted(id))
        .statusCode(400);
  }

  @Test
  void thatUploadsFailIsSaidWhenTooManyDid() {
    TestVersion version = TestVersion.open();
    for (int batch = 0; batch < 10; batch++) {
      sign(version, puts(batch * 1_000, 1_000)).statusCode(200);
    }

    sign(version, put("/one-more"))
        .statusCode(409)
        .body("type", equalTo("urn:moraine:problem:presign/too-many-announced"));
    sign(version, puts(0, 1_000)).statusCode(200);
    version.with("f0", BYTES);
    sign(version, put("/one-more")).statusCode(200);
  }

  private static String puts(int from, int count) {
    return java.util.stream.IntStream.range(from, from + count)
        .mapToObj(i -> put("/f" + i))
        .collect(java.util.stream.Collectors.joining(","));
  }

  private static String put(String key) {
    return "{\"method\": \"putObject\", \"params\": {\"Key\": \"%s\", \"ContentType\": \"image/png\"}}"
        .formatted(key);
  }

  private static String announced(TestVersion version) {
    return version.path() + "/files:announced";
  }

  private static ValidatableResponse sign(TestVersion version, String calls) {
    return sign(version, version.team().key(), calls);
  }

  private static ValidatableResponse sign(TestVersion version, String key, String calls) {
    return TestTeam.as(key).body(calls(calls)).post(version.path() + "/s3/preSignedUrls").then();
  }

  private static String calls(String calls) {
    return "{\"calls\": [" + calls + "]}";
  }

  private static String keyId(TestTeam team) {
    return team.key().split("_")[1];
  }

  private static Map<String, String> query(String url) {
    return Arrays.stream(URI.create(url).getRawQuery().split("&"))
        .map(pair -> pair.split("=", 2))
        .collect(
            toMap(
                pair -> URLDecoder.decode(pair[0], StandardCharsets.UTF_8),
                pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }
}
