package io.moraine.dataset.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.DirectClient;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class CopyFilesTest {
  private static final byte[] BYTES = {1, 2, 3};

  @Test
  void filesComeFromAnotherDatasetUnderAnotherName() {
    TestVersion source =
        TestVersion.open()
            .with("train/a", BYTES)
            .with("train/b/c", new byte[] {4})
            .with("train0", BYTES)
            .with("x", BYTES)
            .committed();
    TestVersion into = TestVersion.open(source.team(), source.team().newDataset("other"));

    copy(into, Map.of("from", "faces:latest", "prefix", "train/", "to", "copied/"))
        .statusCode(200)
        .body("staged", equalTo(2));
    copy(into, Map.of("from", "faces", "paths", List.of("x", "train0")))
        .statusCode(200)
        .body("staged", equalTo(2));
    into.committed()
        .team()
        .request()
        .get(into.path() + "/files")
        .then()
        .body("items.path", contains("copied/a", "copied/b/c", "train0", "x"));
    assertThat(into.request().get(into.file("copied/b/c")).asByteArray()).containsExactly(4);

    TestVersion whole = TestVersion.open(source.team(), into.dataset());
    copy(whole, Map.of("from", "faces:" + source.id())).body("staged", equalTo(4));
    whole.commit().body("digest", equalTo(source.commit().extract().path("digest")));
  }

  @Test
  void whatCannotBeCopiedIsNamed() {
    TestVersion source = TestVersion.open().with("train/a", BYTES);
    TestVersion into = TestVersion.open(source.team(), source.dataset());
    String from = "faces:" + source.id();

    copy(into, Map.of("from", from))
        .statusCode(409)
        .body("type", containsString("source-not-committed"));
    source.committed();
    copy(into, Map.of()).statusCode(400).body("detail", containsString("from"));
    copy(into, Map.of("from", "No Ref")).statusCode(400);
    copy(into, Map.of("from", "faces:none")).statusCode(404);
    copy(into, Map.of("from", from, "paths", List.of("b")))
        .statusCode(404)
        .body("detail", containsString("b in"));
    copy(into, Map.of("from", from, "prefix", "x", "paths", List.of("train/a"))).statusCode(400);
    copy(into, Map.of("from", from, "prefix", "train", "to", "")).statusCode(400);
    copy(source, Map.of("from", from)).statusCode(409).body("type", containsString("not-open"));

    TestTeam stranger = TestTeam.create();
    TestVersion theirs = TestVersion.open(stranger, stranger.newDataset("faces"));
    copy(theirs, Map.of("from", source.dataset() + ":" + source.id())).statusCode(404);
    assertThat(new DirectClient(theirs).lines("")).hasSize(1);
  }

  private static ValidatableResponse copy(TestVersion into, Map<String, ?> copy) {
    return new DirectClient(into).post("/files:copy", copy);
  }

  @Test
  void aNullIsNoPath() {
    TestVersion version = TestVersion.open();

    version
        .team()
        .request()
        .body("{\"from\": \"faces\", \"paths\": [null]}")
        .post(version.path() + "/files:copy")
        .then()
        .statusCode(400);
  }
}
