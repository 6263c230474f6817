package io.moraine.dataset;

import static io.restassured.RestAssured.given;

import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.Map;

/** A version that a test made over REST. */
public record TestVersion(TestTeam team, String dataset, String id) {
  /** An open version of a new dataset of a new team. */
  public static TestVersion open() {
    TestTeam team = TestTeam.create();
    return open(team, team.newDataset("faces"));
  }

  /** An open version of {@code dataset}. */
  public static TestVersion open(TestTeam team, String dataset) {
    return open(team, dataset, Map.of());
  }

  /** An open version made of {@code wanted}. */
  public static TestVersion open(TestTeam team, String dataset, Map<String, ?> wanted) {
    String id =
        team.request()
            .body(wanted)
            .post("/datasets/" + dataset + "/versions")
            .then()
            .statusCode(201)
            .extract()
            .path("version");
    return new TestVersion(team, dataset, id);
  }

  /** Its path in the API. */
  public String path() {
    return "/datasets/" + dataset + "/versions/" + id;
  }

  /** The path of one of its files, which is not encoded here. */
  public String file(String path) {
    return path() + "/files/" + path;
  }

  /** A request about bytes: no JSON, nothing encoded. */
  public RequestSpecification request() {
    return given().header("X-API-Key", team.key()).urlEncodingEnabled(false);
  }

  /** Puts a file. */
  public Response put(String path, byte[] bytes) {
    return request().contentType("application/octet-stream").body(bytes).put(file(path));
  }

  /** Puts a file that must be taken. */
  public TestVersion with(String path, byte[] bytes) {
    put(path, bytes).then().statusCode(200);
    return this;
  }

  /** Asks for its commit. */
  public ValidatableResponse commit() {
    return team.request().body(Map.of("isCommitted", true)).post(path()).then();
  }

  /** Commits, which must succeed. */
  public TestVersion committed() {
    commit().statusCode(200);
    return this;
  }
}
