package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is asked, no service fails, and every answer is one that its OpenAPI document declares.
 */
class FuzzTest {
  private static final String REPOSITORY =
      "{\"source\": {\"type\": \"git\", \"url\": \"http://127.0.0.1:1/r.git\"}}";

  private final RunningStack stack = SystemStack.up();

  @ParameterizedTest
  @ValueSource(strings = {"DATASET", "CACHE", "VOLUME"})
  void everyAnswerIsDeclaredAndNoneIsAFault(String service) throws Exception {
    fuzz(service, freshTeam().at("/key/key").textValue(), Map.of(), List.of());
  }

  /**
   * What is really there takes a request further than a name that was made up. Deleting it would
   * end that; EveryRouteTest deletes each.
   */
  @Test
  void soItIsWithThingsThatAreThere() throws Exception {
    JsonNode team = freshTeam();
    String key = team.at("/key/key").textValue();

    fuzz(
        "DATASET",
        key,
        world(team.get("id").textValue(), stack.rest().as(key)),
        List.of("--exclude-method", "DELETE", "--include-path-regex", "\\{"));
  }

  /** One thing of each kind, by the name that the routes have for it; the version is open. */
  private Map<String, String> world(String team, Rest rest) {
    Datasets datasets = new Datasets(rest);
    String dataset = datasets.create("fuzzed");
    String committed = datasets.committed(dataset, Map.of("a.txt", new byte[] {1}));
    String version = datasets.open(dataset);
    datasets.put(dataset, version, "a.txt", new byte[] {2});
    String ref = dataset + ":" + committed;
    rest.putJson("/datasets/" + dataset + "/tags/prod", "{\"version\": \"" + committed + "\"}")
        .ok();
    rest.putJson("/datasets/ref/" + ref + "/holds/holder", "{\"expiresInSeconds\": 3600}").ok();
    rest.putJson("/teams/secrets/token", "{\"value\": \"hush\"}").ok();
    String workflow = made(rest, "/workflows", "{\"name\": \"train\"}");
    made(rest, "/workflows/" + workflow + "/runs", spec(dataset));

    Map<String, String> named = new HashMap<>();
    named.put("team", team);
    named.put("key", made(rest, "/teams/" + team + "/keys", "{\"role\": \"reader\"}"));
    named.put("provider", made(rest, "/storageProviders", bucket()));
    named.put("dataset", dataset);
    named.put("version", version);
    named.put("versions", committed + "..." + committed);
    named.put("ref", ref);
    named.put("tag", "prod");
    named.put("holder", "holder");
    named.put("path", "a.txt");
    named.put("secret", "token");
    named.put("workflow", workflow);
    named.put("number", "1");
    named.put("hook", made(rest, "/datasets/" + dataset + "/hooks", REPOSITORY));
    named.put("import", made(rest, "/datasets/" + dataset + "/imports", REPOSITORY));
    return named;
  }

  /** The stack's own, aside from what is there. */
  private String bucket() {
    return """
        {"name": "own", "config": {"bucket": "%s", "accessKey": "%s", "secretAccessKey": "%s", "endpoint": "%s",
         "prefix": "fuzz"}}
        """
        .formatted(
            stack.settings().get("MORAINE_S3_BUCKET"),
            stack.settings().get("MORAINE_S3_ACCESS_KEY"),
            stack.settings().get("MORAINE_S3_SECRET_KEY"),
            stack.settings().get("MORAINE_S3_ENDPOINT"));
  }

  private static String spec(String dataset) {
    return """
        {"spec": {"jobs": {"main": {"outputs": {"made": {"type": "dataset", "with": {"ref": "%s"}}}}}}}
        """
        .formatted(dataset);
  }

  private static String made(Rest rest, String collection, String body) {
    return rest.post(collection, body).ok().json().get("id").textValue();
  }

  private void fuzz(String service, String key, Map<String, String> named, List<String> options)
      throws Exception {
    try {
      Fuzzer.install();
    } catch (Fuzzer.Absent e) {
      Assumptions.abort("SKIPPED: schemathesis cannot be installed here: " + e.getMessage());
    }
    Map<String, String> environment = new HashMap<>();
    environment.put("MORAINE_FUZZ_S3", stack.settings().get("MORAINE_S3_ENDPOINT"));
    environment.put("MORAINE_FUZZ_WEB", stack.settings().get("MORAINE_DATASET_URL") + "/q/openapi");
    environment.put("MORAINE_FUZZ_OPEN", named.getOrDefault("version", ""));

    Fuzzer.Result result =
        Fuzzer.fuzz(
            new Fuzzer.Target(
                stack.settings().get("MORAINE_" + service + "_URL"),
                key,
                environment,
                named,
                options));

    assertThat(result.exitCode()).as(result.out()).isZero();
    assertThat(result.out()).contains("passed");
  }

  /** What is made, broken and deleted is nobody else's. */
  private JsonNode freshTeam() {
    return stack
        .rest()
        .post("/teams", "{\"name\":\"fuzz-%s\"}".formatted(UUID.randomUUID()))
        .ok()
        .json();
  }
}
