package io.moraine.dataset.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.TestTeam;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose import is begun when not all can be, and how many one team may have waiting. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ImportTurnsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject ImportConfig limits;

  private final List<TestImport> begun = new ArrayList<>();
  private final List<CountDownLatch> held = new ArrayList<>();
  private WebSource web;
  private TestTeam team;

  @BeforeEach
  void newWorld() throws Exception {
    web = new WebSource();
    team = TestTeam.create();
    team.newDataset("faces");
  }

  /** So that no other test waits for what this one began. */
  @AfterEach
  void close() {
    begun.forEach(one -> one.team().request().delete(one.path()));
    held.forEach(CountDownLatch::countDown);
    begun.forEach(TestImport::ended);
    web.close();
  }

  /** A source that sends its end only when it may. */
  private CountDownLatch hold(String path) {
    CountDownLatch go = new CountDownLatch(1);
    held.add(go);
    web.slow(path, new byte[10], 5, go);
    return go;
  }

  private Response post(TestTeam by, String path) {
    Response answer =
        by.request()
            .body(Map.of("source", Map.of("type", "url", "url", web.url(path))))
            .post("/datasets/faces/imports");
    if (answer.statusCode() == 202) {
      begun.add(new TestImport(by, "faces", answer.path("id")));
    }
    return answer;
  }

  private TestImport begin(TestTeam by, String path) {
    post(by, path).then().statusCode(202);
    return begun.get(begun.size() - 1);
  }

  private static void awaitRunning(TestImport one) {
    await().atMost(PATIENCE).until(() -> one.now().getString("state").equals("running"));
  }

  @Test
  void aTeamThatHasNoneUnderWayComesBeforeOneThatWaitedLonger() throws Exception {
    List<CountDownLatch> go = new ArrayList<>();
    for (int i = 0; i < limits.parallel(); i++) {
      go.add(hold("/first" + i));
      awaitRunning(begin(team, "/first" + i));
    }
    hold("/second");
    TestImport second = begin(team, "/second");
    TestTeam other = TestTeam.create();
    other.newDataset("faces");
    hold("/others");
    TestImport others = begin(other, "/others");
    assertThat(second.now().getString("state")).isEqualTo("queued");
    assertThat(others.now().getString("state")).isEqualTo("queued");

    go.get(0).countDown();

    awaitRunning(others);
    assertThat(second.now().getString("state")).isEqualTo("queued");
  }

  @Test
  void aTeamHasSoManyWaitingAndNoMoreAndOthersAreNotConcerned() {
    hold("/slow");
    for (int i = 0; i < limits.unendedPerTeam(); i++) {
      begin(team, "/slow");
    }

    post(team, "/slow")
        .then()
        .statusCode(429)
        .body("type", equalTo("urn:moraine:problem:import/too-many"))
        .body("detail", containsString(Integer.toString(limits.unendedPerTeam())));
    TestTeam other = TestTeam.create();
    other.newDataset("faces");
    web.file("/a", "a".getBytes(UTF_8));
    begin(other, "/a");

    TestImport last = begun.get(limits.unendedPerTeam() - 1);
    last.team().request().delete(last.path()).then().statusCode(202);
    last.ended();
    post(team, "/slow").then().statusCode(202);
  }
}
