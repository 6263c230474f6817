package io.moraine.dataset.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class PublicDatasetTest {
  private static final byte[] BYTES = {1, 2, 3};

  private final String namespace = "gradient-" + UUID.randomUUID();
  private TestTeam reader;
  private TestTeam owner;
  private TestVersion version;

  @BeforeEach
  void publish() {
    reader = TestTeam.create();
    var made =
        TestTeam.as(TestTeam.operatorKey())
            .body(Map.of("name", namespace))
            .post("/teams")
            .then()
            .statusCode(201)
            .extract();
    owner = new TestTeam(made.path("id"), made.path("key.key"));
    String dataset =
        owner
            .request()
            .body(Map.of("name", "mnist", "isPublic", true))
            .post("/datasets")
            .then()
            .statusCode(201)
            .body("isPublic", equalTo(true))
            .extract()
            .path("id");
    version = TestVersion.open(owner, dataset).with("a/b", BYTES).committed();
    owner
        .request()
        .body(Map.of("version", version.id()))
        .put("/datasets/mnist/tags/prod")
        .then()
        .statusCode(200);
  }

  private TestVersion asReader(String id) {
    return new TestVersion(reader, version.dataset(), id);
  }

  @Test
  void everyTeamReadsItByNamespaceAndNameOrById() {
    for (String path :
        new String[] {
          "/datasets/" + namespace + "/mnist",
          "/datasets/" + owner.id() + "/mnist",
          "/datasets/" + version.dataset()
        }) {
      reader
          .request()
          .get(path)
          .then()
          .statusCode(200)
          .body("id", equalTo(version.dataset()))
          .body("teamId", equalTo(owner.id()))
          .body("storageProvider.type", equalTo("s3"))
          .body("storageProvider.config", anEmptyMap());
    }
    for (String ref :
        new String[] {
          namespace + "/mnist",
          namespace + "/mnist:prod",
          namespace + "%2Fmnist:latest",
          version.dataset() + ":" + version.id()
        }) {
      reader
          .request()
          .get("/datasets/ref/" + ref)
          .then()
          .statusCode(200)
          .body("id", equalTo(version.dataset()))
          .body("version.version", equalTo(version.id()));
    }
    TestVersion seen = asReader(version.id());
    assertThat(seen.request().get(seen.file("a/b")).asByteArray()).isEqualTo(BYTES);
    seen.request().get(seen.path() + "/files?prefix=a/").then().body("items.path", contains("a/b"));
    reader.request().get(seen.path()).then().statusCode(200);
    reader
        .request()
        .get("/datasets/" + version.dataset() + "/tags/prod")
        .then()
        .body("version.version", equalTo(version.id()));
    reader
        .request()
        .get("/datasets?privacy=PUBLIC&filter%5Blimit%5D=1000")
        .then()
        .body("id", hasItem(version.dataset()));
  }

  @Test
  void nobodyElseChangesIt() {
    TestVersion draft = TestVersion.open(owner, version.dataset()).with("draft", BYTES);
    TestVersion seen = asReader(draft.id());

    seen.put("new", BYTES).then().statusCode(404);
    seen.commit().statusCode(404);
    reader.request().delete(seen.path()).then().statusCode(404);
    reader.request().delete("/datasets/" + version.dataset()).then().statusCode(404);
    reader
        .request()
        .body(Map.of("name", "mine"))
        .post("/datasets/" + version.dataset())
        .then()
        .statusCode(404);
    reader
        .request()
        .body(Map.of("version", version.id()))
        .put("/datasets/" + version.dataset() + "/tags/mine")
        .then()
        .statusCode(404);
    reader.request().delete("/datasets/" + version.dataset() + "/tags/prod").then().statusCode(404);
    reader
        .request()
        .body("{}")
        .post("/datasets/" + version.dataset() + "/versions")
        .then()
        .statusCode(404);
    reader
        .request()
        .body(
            "{\"calls\": [{\"method\": \"putObject\", \"params\": {\"Key\": \"/x\", \"ContentType\": \"a/b\"}}]}")
        .post(asReader(version.id()).path() + "/s3/preSignedUrls")
        .then()
        .statusCode(403)
        .body("type", equalTo("urn:moraine:problem:presign/read-only"));

    draft.committed();
    owner.request().get(draft.path() + "/files").then().body("items.path", contains("draft"));
  }

  @Test
  void whatIsNotCommittedIsSeenByNobodyElse() {
    TestVersion draft = TestVersion.open(owner, version.dataset()).with("draft", BYTES);
    TestVersion seen = asReader(draft.id());

    reader.request().get(seen.path()).then().statusCode(404);
    reader.request().get(seen.path() + "/files").then().statusCode(404);
    reader
        .request()
        .get("/datasets/" + version.dataset() + "/versions")
        .then()
        .body("version", contains(version.id()));
    reader
        .request()
        .get(
            "/datasets/" + version.dataset() + "/versions?filter%5Bwhere%5D%5BisCommitted%5D=false")
        .then()
        .body("$", empty());
    reader.request().get("/datasets").then().body("$", empty());
  }

  @Test
  void onlyAdminsPublishAndTakeBack() {
    String writer = owner.newKey("writer");
    TestTeam.as(writer)
        .body(Map.of("name", "other", "isPublic", true))
        .post("/datasets")
        .then()
        .statusCode(403);
    TestTeam.as(writer)
        .body(Map.of("isPublic", false))
        .post("/datasets/mnist")
        .then()
        .statusCode(403);

    owner.request().body(Map.of("isPublic", false)).post("/datasets/mnist").then().statusCode(200);

    reader.request().get("/datasets/" + namespace + "/mnist").then().statusCode(404);
    reader.request().get("/datasets/" + version.dataset()).then().statusCode(404);
    reader.request().get(asReader(version.id()).path() + "/files").then().statusCode(404);
    reader
        .request()
        .get("/datasets?privacy=PUBLIC&filter%5Blimit%5D=1000")
        .then()
        .body("id", not(hasItem(version.dataset())));
    owner.request().get("/datasets/" + namespace + "/mnist").then().statusCode(200);
  }

  @Test
  void runsOfOtherTeamsHoldItAndKnowOnlyOfThemselves() {
    TestTeam another = TestTeam.create();
    for (TestTeam team : new TestTeam[] {reader, another, owner}) {
      team.request()
          .body(Map.of("expiresInSeconds", 600))
          .put("/datasets/ref/" + namespace + "%2Fmnist/holds/run:r-1")
          .then()
          .statusCode(200)
          .body("version", equalTo(version.id()));
    }
    reader.request().get(asReader(version.id()).path() + "/holds").then().statusCode(404);
    owner.request().get(version.path() + "/holds").then().body("$", hasSize(3));

    reader
        .request()
        .delete(asReader(version.id()).path() + "/holds/run:r-1")
        .then()
        .statusCode(204);

    owner
        .request()
        .get(version.path() + "/holds")
        .then()
        .body("holder", contains("run:r-1", another.id() + ":run:r-1"));
  }
}
