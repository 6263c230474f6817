package io.moraine.dataset.ref;

import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class RefTest {
  @Test
  void aRefIsALatestATagAVersionOrADigestByIdOrByName() {
    TestVersion old = TestVersion.open().with("a", new byte[] {1}).committed();
    TestTeam team = old.team();
    TestVersion latest =
        TestVersion.open(team, old.dataset()).with("a", new byte[] {2}).committed();
    TestVersion open = TestVersion.open(team, old.dataset());
    team.request()
        .body(Map.of("version", old.id()))
        .put("/datasets/faces/tags/prod")
        .then()
        .statusCode(200);
    String digest = team.request().get(old.path()).path("digest");

    for (String dataset : new String[] {"faces", old.dataset()}) {
      names(team, dataset, latest);
      names(team, dataset + ":latest", latest);
      names(team, dataset + ":prod", old);
      names(team, dataset + ":" + old.id(), old);
      names(team, dataset + ":" + open.id(), open);
      names(team, dataset + "@sha256:" + digest, old);
    }
  }

  @Test
  void theAnswerIsTheDatasetWithItsVersion() {
    TestVersion version = TestVersion.open().committed();

    resolve(version.team(), "faces:latest")
        .statusCode(200)
        .body("id", equalTo(version.dataset()), "name", equalTo("faces"))
        .body("storageProvider.type", equalTo("s3"))
        .body("version.version", equalTo(version.id()), "version.isCommitted", equalTo(true));
  }

  @Test
  void latestIsTheNewestCommittedVersionThatStillExists() {
    TestVersion first = TestVersion.open().committed();
    TestVersion second = TestVersion.open(first.team(), first.dataset()).committed();
    names(first.team(), "faces", second);

    first.team().request().delete(second.path()).then().statusCode(204);

    names(first.team(), "faces", first);
  }

  @Test
  void whatIsMissingIsNamedWithTheWayOut() {
    TestVersion version = TestVersion.open();
    TestTeam team = version.team();
    resolve(team, "faces")
        .statusCode(404)
        .body("detail", containsString("no committed version yet"));
    version.committed();
    team.request()
        .body(Map.of("version", version.id()))
        .put("/datasets/faces/tags/prod")
        .then()
        .statusCode(200);

    resolve(team, "nothing:prod")
        .statusCode(404)
        .body("detail", equalTo("There is no dataset nothing in your team."));
    resolve(team, "faces:dev")
        .statusCode(404)
        .body(
            "detail",
            allOf(containsString("dev"), containsString("prod"), containsString(version.id())));
    resolve(team, "faces:zzzzzz9").statusCode(404).body("detail", containsString("zzzzzz9"));
    resolve(team, "faces@sha256:" + "0".repeat(64)).statusCode(404);
    resolve(team, "gradient/mnist")
        .statusCode(404)
        .body("detail", containsString("gradient/mnist"));
    resolve(TestTeam.create(), version.dataset() + ":" + version.id()).statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Faces", "faces:", "faces:UP", "faces@sha256:12", "faces:a:b"})
  void whatIsNoRefIsRefused(String ref) {
    resolve(TestTeam.create(), ref).statusCode(400).body("detail", containsString("no ref"));
  }

  private static ValidatableResponse resolve(TestTeam team, String ref) {
    return team.request().get("/datasets/ref/" + ref).then();
  }

  private static void names(TestTeam team, String ref, TestVersion version) {
    resolve(team, ref).statusCode(200).body("version.version", equalTo(version.id()));
  }
}
