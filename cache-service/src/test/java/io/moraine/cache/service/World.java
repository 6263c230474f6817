package io.moraine.cache.service;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moraine.events.Event;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.home.Settings;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.vocabulary.Sha256;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.ws.rs.core.UriBuilder;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;

/** A team of its own, with its keys, what it sees of both services, and its part of the disk. */
final class World {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Map<String, String> VARIABLES = EmbeddedStack.variables();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final EventLog EVENTS =
      new EventLog(new Settings(new Home(Path.of(VARIABLES.get("MORAINE_HOME"))), VARIABLES));

  final String team;
  private final String key;

  World(String name) {
    try {
      var made =
          given()
              .baseUri(datasetService())
              .header(
                  "X-API-Key",
                  Files.readString(Path.of(VARIABLES.get("MORAINE_ADMIN_KEY_FILE"))).strip())
              .contentType("application/json")
              .body(Map.of("name", name + "-" + System.nanoTime()))
              .post("/teams")
              .then()
              .statusCode(201)
              .extract();
      this.team = made.path("id");
      this.key = made.path("key.key");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String datasetService() {
    return ConfigProvider.getConfig().getValue("MORAINE_DATASET_URL", String.class);
  }

  /** A call of the cache-service under test. */
  RequestSpecification cache() {
    return given().header("X-API-Key", key).contentType("application/json");
  }

  RequestSpecification datasets() {
    return given()
        .baseUri(datasetService())
        .header("X-API-Key", key)
        .contentType("application/json");
  }

  String dataset(String name) {
    return datasets()
        .body(Map.of("name", name, "storageProviderId", provider()))
        .post("/datasets")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  private String provider() {
    return datasets().get("/storageProviders").then().statusCode(200).extract().path("[0].id");
  }

  /** Commits a version of these files. */
  String commit(String dataset, Map<String, byte[]> files) {
    String version = open(dataset);
    files.forEach((path, bytes) -> put(dataset, version, path, bytes));
    commit(dataset, version);
    return version;
  }

  String open(String dataset) {
    return open(dataset, Map.of());
  }

  /** Begins as {@code base}. */
  String openOn(String dataset, String base) {
    return open(dataset, Map.of("base", base));
  }

  private String open(String dataset, Map<String, String> version) {
    return datasets()
        .body(version)
        .post("/datasets/" + dataset + "/versions")
        .then()
        .statusCode(201)
        .extract()
        .path("version");
  }

  /** Stages entries, one a line. */
  void stage(String dataset, String version, String entries) {
    datasets()
        .contentType("application/x-ndjson")
        .body(entries.getBytes(StandardCharsets.UTF_8))
        .post("/datasets/{d}/versions/{v}/files", dataset, version)
        .then()
        .statusCode(200);
  }

  void delete(String dataset, String version, String path) {
    datasets()
        .urlEncodingEnabled(false)
        .delete("/datasets/" + dataset + "/versions/" + version + "/files/" + path)
        .then()
        .statusCode(204);
  }

  void commit(String dataset, String version) {
    datasets()
        .body(Map.of("isCommitted", true))
        .post("/datasets/" + dataset + "/versions/" + version)
        .then()
        .statusCode(200);
  }

  /** As a bucket may do it for a while; what is returned puts the object back. */
  Closeable hide(byte[] content) throws IOException {
    Path object = object(content);
    Path elsewhere = Files.createTempDirectory("hidden").resolve("object");
    Files.move(object, elsewhere);
    return () -> Files.move(elsewhere, object);
  }

  private Path object(byte[] content) {
    String blob = Sha256.of(content).hex();
    try (Stream<Path> files = Files.walk(Path.of(VARIABLES.get("MORAINE_HOME")))) {
      return files
          .filter(file -> file.toString().contains(team + "/blobs"))
          .filter(file -> file.getFileName().toString().contains(blob))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As a disk may do it, behind the S3 server's back; doing it again mends it. */
  void turnOneBit(byte[] content) {
    Path object = object(content);
    try {
      byte[] stored = Files.readAllBytes(object);
      stored[stored.length / 2] ^= 1;
      Files.write(object, stored);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void put(String dataset, String version, String path, byte[] bytes) {
    boolean encodeSlash = false;
    URI file =
        UriBuilder.fromUri(datasetService())
            .path("datasets/{d}/versions/{v}/files/{path}")
            .build(new Object[] {dataset, version, path}, encodeSlash);
    HttpRequest request =
        HttpRequest.newBuilder(file)
            .header("X-API-Key", key)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
            .build();
    try {
      // Not by REST-assured, which takes its time over large bodies.
      assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  ValidatableResponse look(String dataset, String version) {
    return cache().get("/cache/versions/{d}/{v}", dataset, version).then();
  }

  void awaitState(String dataset, String version, String state) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(this.<String>state(dataset, version)).isEqualTo(state));
  }

  private String state(String dataset, String version) {
    return look(dataset, version).extract().path("state");
  }

  void awaitAbsent(String dataset, String version) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              look(dataset, version).statusCode(404);
              assertThat(version(dataset, version)).doesNotExist();
            });
  }

  ValidatableResponse pin(String dataset, String version, String holder) {
    return cache()
        .body(Map.of("expiresInSeconds", 600))
        .put("/cache/versions/{d}/{v}/pins/{h}", dataset, version, holder)
        .then();
  }

  void unpin(String dataset, String version, String holder) {
    cache()
        .delete("/cache/versions/{d}/{v}/pins/{h}", dataset, version, holder)
        .then()
        .statusCode(204);
  }

  void limit(long bytes) {
    cache().body(Map.of("limitBytes", bytes)).put("/cache").then().statusCode(200);
  }

  long usedBytes() {
    return cache().get("/cache").then().statusCode(200).extract().jsonPath().getLong("usedBytes");
  }

  /** This team's directory of shared storage. */
  Path disk() {
    return Path.of(VARIABLES.get("MORAINE_SHARE_STORAGE")).resolve(team);
  }

  Path version(String dataset, String version) {
    return disk().resolve("datasets").resolve(dataset).resolve(version);
  }

  /** The bytes below {@code contents/}, as the disk has them. */
  long bytesOnDisk() throws IOException {
    if (!Files.exists(disk().resolve("contents"))) {
      return 0;
    }
    try (Stream<Path> all = Files.walk(disk().resolve("contents"))) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /** The events of a kind that fit, once there is one. */
  static <T extends Event> List<T> awaitEvents(Class<T> kind, Predicate<T> fits) {
    await().atMost(PATIENCE).until(() -> EVENTS.of(kind).stream().anyMatch(fits));
    return EVENTS.of(kind).stream().filter(fits).toList();
  }
}
