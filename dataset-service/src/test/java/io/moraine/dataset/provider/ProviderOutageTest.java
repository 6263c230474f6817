package io.moraine.dataset.provider;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.moraine.dataset.TestBucket;
import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.dataset.Wire;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two providers, of which one goes away: the other one, and the managed one, go on. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ProviderOutageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private TestTeam team;
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private Wire wire;
  private String broken;
  private String whole;
  private String managed;

  @BeforeEach
  void twoProviders() throws IOException {
    team = TestTeam.create();
    wire = new Wire(TestBucket.server());
    String first = TestBucket.create().through(wire.endpoint()).providerOf(team, "far-away");
    broken = TestBucket.dataset(team, "broken", first);
    whole = TestBucket.dataset(team, "whole", TestBucket.create().providerOf(team, "near"));
    managed = team.newDataset("managed");
  }

  @AfterEach
  void close() throws IOException {
    wire.close();
    clients.shutdownNow();
  }

  @Test
  void oneThatIsCutFailsAtOnceAndByNameAndIsBackAlone() {
    TestVersion version = TestVersion.open(team, broken).with("a", bytes(1));
    TestVersion committing = TestVersion.open(team, broken).with("b", bytes(2));
    wire.become(Wire.State.CUT);

    for (int i = 0; i < 4; i++) {
      version
          .put("c", bytes(3 + i))
          .then()
          .statusCode(503)
          .body("type", containsString("provider/unavailable"))
          .body("detail", containsString("far-away"));
    }
    committing.commit().statusCode(202).body("state", equalTo("committing"));
    everythingElseGoesOn();
    assertThat(metric("moraine_provider_outages_total")).isPositive();
    assertThat(metric("moraine_provider_refusals_total{reason=\"down\"}")).isPositive();

    wire.become(Wire.State.WHOLE);
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> team.request().get(committing.path()).then().body("state", equalTo("committed")));
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> version.put("c", bytes(3)).then().statusCode(200));
    version.committed();
    assertThat(version.request().get(version.file("a")).asByteArray()).isEqualTo(bytes(1));
  }

  /** As many clients as the service has threads wait for it, and commits and deletions too. */
  @Test
  void oneThatHangsHoldsUpNobodyElse() throws Exception {
    TestVersion version = TestVersion.open(team, broken);
    List<TestVersion> committing = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      committing.add(TestVersion.open(team, broken).with("a", bytes(i)));
    }
    TestVersion deleted = TestVersion.open(team, broken).with("a", bytes(9)).committed();
    wire.become(Wire.State.DEAD);

    List<Future<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int file = i;
      answers.add(clients.submit(() -> version.put("f" + file, bytes(100 + file)).statusCode()));
    }
    for (TestVersion each : committing) {
      clients.submit(() -> each.commit().extract().statusCode());
    }
    clients.submit(() -> team.request().delete(deleted.path()).statusCode());
    for (int i = 0; i < 5; i++) {
      everythingElseGoesOn();
    }
    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isEqualTo(503);
    }

    wire.become(Wire.State.WHOLE);
    for (TestVersion each : committing) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> team.request().get(each.path()).then().body("state", equalTo("committed")));
    }
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> team.request().get(deleted.path()).then().statusCode(404));
  }

  /** The original client waits for ever for a GET that fails. */
  @Test
  void whatCannotBeReadIsNotSigned() {
    TestVersion version = TestVersion.open(team, broken).with("a", bytes(1)).committed();
    String sign = version.path() + "/s3/preSignedUrls";
    String get = "{\"calls\": [{\"method\": \"getObject\", \"params\": {\"Key\": \"a\"}}]}";
    team.request().body(get).post(sign).then().statusCode(200);

    wire.become(Wire.State.CUT);

    team.request()
        .body(get)
        .post(sign)
        .then()
        .statusCode(503)
        .body("error.message", containsString("far-away"));
  }

  private void everythingElseGoesOn() {
    for (String dataset : List.of(whole, managed)) {
      TestVersion version =
          TestVersion.open(team, dataset).with("a", bytes(1)).with("b", bytes(2)).committed();
      assertThat(version.request().get(version.file("b")).asByteArray()).isEqualTo(bytes(2));
    }
  }

  private static double metric(String name) {
    return given()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static byte[] bytes(int seed) {
    return ("file " + seed).getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
