package io.moraine.dataset;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.content.format.ContentKind;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackWriter;
import io.moraine.vocabulary.Sha256;
import io.restassured.response.ValidatableResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The calls of the direct path, as a client of an open version makes them. */
public record DirectClient(TestVersion version) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** An object as requests name it. */
  public static Map<String, Object> object(String type, byte[] bytes) {
    return Map.of("type", type, "sha256", Sha256.of(bytes).hex(), "sizeBytes", bytes.length);
  }

  /** A pack of these blobs. */
  public static Pack pack(byte[]... blobs) {
    PackWriter writer = new PackWriter();
    for (byte[] blob : blobs) {
      writer.add(ContentKind.BLOB, blob);
    }
    return writer.finish();
  }

  /** The name of a blob. */
  public static String blob(byte[] bytes) {
    return "blob:" + Sha256.of(bytes);
  }

  /** A line of an entry. */
  public static String line(String path, byte[] bytes) {
    return "{\"path\": \"%s\", \"sizeBytes\": %d, \"content\": \"%s\"}\n"
        .formatted(path, bytes.length, blob(bytes));
  }

  /** Which of {@code contents} are missing. */
  public List<String> missing(String... contents) {
    return post("/contents:missing", Map.of("contents", List.of(contents)))
        .statusCode(200)
        .extract()
        .path("missing");
  }

  /** Asks where to put {@code object}. */
  public Map<String, Object> sign(Map<String, Object> object) {
    return post("/uploads", Map.of("objects", List.of(object)))
        .statusCode(200)
        .extract()
        .path("uploads[0]");
  }

  /** PUTs to a URL as it was signed; the status. */
  @SuppressWarnings("unchecked")
  public static int put(Map<String, Object> signed, byte[] bytes) throws Exception {
    HttpRequest.Builder put =
        HttpRequest.newBuilder(URI.create((String) signed.get("url")))
            .PUT(BodyPublishers.ofByteArray(bytes));
    ((Map<String, String>) signed.get("headers")).forEach(put::header);
    return HTTP.send(put.build(), BodyHandlers.discarding()).statusCode();
  }

  /** GETs a range of what a URL names. */
  public static byte[] get(String url, long offset, long length) throws Exception {
    HttpRequest get =
        HttpRequest.newBuilder(URI.create(url))
            .header("Range", "bytes=" + offset + "-" + (offset + length - 1))
            .build();
    return HTTP.send(get, BodyHandlers.ofByteArray()).body();
  }

  /** Puts an object where the service says, without saying that it is there. */
  public void upload(String type, byte[] bytes) throws Exception {
    assertThat(put(sign(object(type, bytes)), bytes)).isEqualTo(200);
  }

  /** Says that objects are there. */
  public ValidatableResponse done(List<Map<String, Object>> objects) {
    return post("/uploads:done", Map.of("objects", objects));
  }

  /** Puts an object and has it recorded. */
  public DirectClient with(String type, byte[] bytes) throws Exception {
    upload(type, bytes);
    done(List.of(object(type, bytes))).statusCode(200);
    return this;
  }

  /** Stages entries. */
  public ValidatableResponse stage(String lines) {
    return version
        .request()
        .contentType("application/x-ndjson")
        .body(lines.getBytes(StandardCharsets.UTF_8))
        .post(version.path() + "/files")
        .then();
  }

  /** The lines of the whole listing. */
  public List<String> lines(String query) {
    return given()
        .header("X-API-Key", version.team().key())
        .header("Accept", "application/x-ndjson")
        .urlEncodingEnabled(false)
        .get(version.path() + "/files" + query)
        .then()
        .statusCode(200)
        .extract()
        .asString()
        .lines()
        .toList();
  }

  /** A call below the version. */
  public ValidatableResponse post(String call, Object body) {
    return version.team().request().body(body).post(version.path() + call).then();
  }
}
