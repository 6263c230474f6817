package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.testkit.blackbox.RunningStack;
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
  private final RunningStack stack = SystemStack.up();

  @ParameterizedTest
  @ValueSource(strings = {"DATASET", "CACHE", "VOLUME"})
  void everyAnswerIsDeclaredAndNoneIsAFault(String service) throws Exception {
    fuzz(service, keyOfAFreshTeam(), Map.of());
  }

  /** What is really there takes a request further than a name that was made up. */
  @Test
  void soItIsWithADatasetThatIsThere() throws Exception {
    String key = keyOfAFreshTeam();
    Datasets datasets = new Datasets(stack.rest().as(key));
    String dataset = datasets.create("fuzzed");
    datasets.committed(dataset, Map.of("a.txt", new byte[] {1}));
    String version = datasets.open(dataset);
    datasets.put(dataset, version, "a.txt", new byte[] {2});

    fuzz("DATASET", key, Map.of("dataset", dataset, "version", version));
  }

  private void fuzz(String service, String key, Map<String, String> named) throws Exception {
    try {
      Fuzzer.install();
    } catch (Fuzzer.Absent e) {
      Assumptions.abort("SKIPPED: schemathesis cannot be installed here: " + e.getMessage());
    }

    Fuzzer.Result result =
        Fuzzer.fuzz(stack.settings().get("MORAINE_" + service + "_URL"), key, named);

    assertThat(result.exitCode()).as(result.out()).isZero();
    assertThat(result.out()).contains("passed");
  }

  /** What is made, broken and deleted is nobody else's. */
  private String keyOfAFreshTeam() {
    return stack
        .rest()
        .post("/teams", "{\"name\":\"fuzz-%s\"}".formatted(UUID.randomUUID()))
        .ok()
        .json()
        .at("/key/key")
        .textValue();
  }
}
