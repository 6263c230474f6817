package io.moraine.dataset;

import static io.restassured.RestAssured.given;

import io.moraine.testkit.EmbeddedStack;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/**
 * A team of its own for one test, made over REST.
 *
 * @param key of its first admin
 */
public record TestTeam(String id, String key) {
  /** A fresh team that has nothing. */
  public static TestTeam create() {
    var answer =
        as(operatorKey())
            .body(Map.of("name", "test " + UUID.randomUUID()))
            .post("/teams")
            .then()
            .statusCode(201)
            .extract();
    return new TestTeam(answer.path("id"), answer.path("key.key"));
  }

  /** The admin key of the installation's first team. */
  public static String operatorKey() {
    return read("MORAINE_ADMIN_KEY_FILE");
  }

  /** The key that the services use. */
  public static String serviceKey() {
    return read("MORAINE_SERVICE_KEY_FILE");
  }

  /** A JSON request with {@code key}. */
  public static RequestSpecification as(String key) {
    return given().header("X-API-Key", key).contentType(ContentType.JSON).urlEncodingEnabled(false);
  }

  /** A JSON request of the team's admin. */
  public RequestSpecification request() {
    return as(key);
  }

  /** A new key of this team. */
  public String newKey(String role) {
    return request()
        .body(Map.of("role", role))
        .post("/teams/" + id + "/keys")
        .then()
        .statusCode(201)
        .extract()
        .path("key");
  }

  /** A new dataset; its id. */
  public String newDataset(String name) {
    return request()
        .body(Map.of("name", name))
        .post("/datasets")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  private static String read(String variable) {
    try {
      return Files.readString(Path.of(EmbeddedStack.variables().get(variable))).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
