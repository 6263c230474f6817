package io.moraine.dataset;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The newer API of Paperspace, as its clients call it. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class V1Test {
  private TestTeam team;

  @BeforeEach
  void begin() {
    team = TestTeam.create();
  }

  private RequestSpecification v1() {
    return given()
        .basePath("/v1")
        .header("Authorization", "Bearer " + team.key())
        .contentType(ContentType.JSON);
  }

  @Test
  void datasetsComeByPages() {
    for (int i = 0; i < 5; i++) {
      v1().body(Map.of("name", "d" + i, "isPublic", false))
          .post("/datasets")
          .then()
          .statusCode(201)
          .body("teamId", equalTo(team.id()));
    }

    String next =
        v1().get("/datasets?limit=3&orderBy=dtCreated&order=desc")
            .then()
            .statusCode(200)
            .body("items.name", contains("d4", "d3", "d2"))
            .body("hasMore", equalTo(true))
            .extract()
            .path("nextPage");
    v1().get("/datasets?limit=3&order=desc&after=" + next)
        .then()
        .body("items.name", contains("d1", "d0"))
        .body("hasMore", equalTo(false))
        .body("nextPage", nullValue());
  }

  @Test
  void aStorageProviderIsMadeChangedAndDeleted() {
    TestBucket bucket = TestBucket.create();
    Map<String, Object> minio =
        Map.of("name", "minio", "storageProviderType", "s3", "s3Config", bucket.config());
    String id =
        v1().body(minio)
            .post("/storage-providers")
            .then()
            .statusCode(201)
            .body("isManaged", equalTo(false))
            .body("isTeamDefault", equalTo(false))
            .body("s3Config.bucket", equalTo(bucket.name()))
            .body("s3Config.secretAccessKey", equalTo("********"))
            .extract()
            .path("id");
    v1().get("/storage-providers?limit=1&order=desc")
        .then()
        .body("items.name", contains("minio"))
        .body("hasMore", equalTo(true));
    v1().get("/storage-providers")
        .then()
        .body("items.isTeamDefault", contains(true, false))
        .body("hasMore", equalTo(false));
    v1().body(Map.of("name", "renamed", "s3Config", Map.of("region", "eu-1")))
        .put("/storage-providers/" + id)
        .then()
        .statusCode(200)
        .body("name", equalTo("renamed"))
        .body("s3Config.region", equalTo("eu-1"))
        .body("s3Config.bucket", equalTo(bucket.name()));
    v1().body(Map.of("name", "faces", "isPublic", false, "storageProviderId", id))
        .post("/datasets")
        .then()
        .statusCode(201)
        .body("storageProviderId", equalTo(id));
    v1().delete("/storage-providers/" + id)
        .then()
        .statusCode(409)
        .body("code", equalTo("CONFLICT"))
        .body("message", containsString("faces"));
    v1().delete("/datasets/faces").then().statusCode(200);
    v1().delete("/storage-providers/" + id).then().statusCode(200).body("id", equalTo(id));
    v1().get("/storage-providers/" + id).then().statusCode(404).body("code", equalTo("NOT_FOUND"));
    v1().body(Map.of("name", "none"))
        .post("/storage-providers")
        .then()
        .statusCode(400)
        .body("code", equalTo("BAD_REQUEST"))
        .body("message", containsString("s3Config is missing"));
  }

  @Test
  void aVersionIsMadeCommittedTaggedAndDeleted() {
    String dataset =
        v1().body(Map.of("name", "faces", "isPublic", false)).post("/datasets").path("id");
    v1().body(Map.of("name", "people"))
        .put("/datasets/" + dataset)
        .then()
        .statusCode(200)
        .body("name", equalTo("people"));
    String versions = "/datasets/" + dataset + "/versions";
    String version =
        v1().body(Map.of("message", "first", "tags", "candidate"))
            .post(versions)
            .then()
            .statusCode(201)
            .body("isCommitted", equalTo(false))
            .extract()
            .path("version");

    v1().body(Map.of("isCommitted", true, "tags", "prod, best"))
        .put(versions + "/" + version)
        .then()
        .statusCode(200)
        .body("isCommitted", equalTo(true))
        .body("tags", contains("best", "candidate", "prod"))
        .body("usageBytes", equalTo("0"));
    v1().get(versions)
        .then()
        .body("items", hasSize(1))
        .body("items[0].datasetId", equalTo(dataset));
    v1().delete(versions + "/" + version)
        .then()
        .statusCode(409)
        .body("code", equalTo("CONFLICT"))
        .body("message", containsString("best"))
        .body("error", nullValue());
    v1().delete("/datasets/" + dataset).then().statusCode(200).body("id", equalTo(dataset));
    v1().get("/datasets/" + dataset).then().statusCode(404).body("code", equalTo("NOT_FOUND"));
  }
}
