package io.moraine.dataset.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An import that a test began over REST. */
public record TestImport(TestTeam team, String dataset, String id) {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  public static TestImport begin(TestTeam team, String dataset, Map<String, ?> source) {
    return begin(team, dataset, source, Map.of());
  }

  public static TestImport begin(
      TestTeam team, String dataset, Map<String, ?> source, Map<String, ?> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("source", source);
    String id =
        team.request()
            .body(body)
            .post("/datasets/" + dataset + "/imports")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    return new TestImport(team, dataset, id);
  }

  public String path() {
    return "/datasets/" + dataset + "/imports/" + id;
  }

  public JsonPath now() {
    return team.request().get(path()).then().statusCode(200).extract().jsonPath();
  }

  public JsonPath ended() {
    return await()
        .atMost(PATIENCE)
        .until(
            this::now,
            now -> Set.of("done", "failed", "cancelled").contains(now.getString("state")));
  }

  /** What it became. */
  public TestVersion done() {
    JsonPath end = ended();
    assertThat(end.getString("state")).as(end.getString("reason")).isEqualTo("done");
    assertThat(end.getString("reason")).isNull();
    return new TestVersion(team, dataset, end.getString("version"));
  }

  /** Why it failed; nothing is left of it. */
  public String failed() {
    JsonPath end = ended();
    assertThat(end.getString("state")).isEqualTo("failed");
    assertThat(end.getString("version")).isNull();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(team.request().get("/datasets/" + dataset + "/versions").asString())
                    .isEqualTo("[]"));
    return end.getString("reason");
  }

  public static List<String> paths(TestVersion version) {
    return version.team().request().get(version.path() + "/files").path("items.path");
  }

  public static String message(TestVersion version) {
    return version.team().request().get(version.path()).path("message");
  }
}
