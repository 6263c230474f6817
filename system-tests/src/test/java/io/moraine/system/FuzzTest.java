package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.testkit.blackbox.RunningStack;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is asked, no service fails, and every answer is one that its OpenAPI document declares. */
class FuzzTest {
  private final RunningStack stack = SystemStack.up();

  @ParameterizedTest
  @ValueSource(strings = {"dataset-service", "cache-service", "volume-service"})
  void everyAnswerIsDeclaredAndNoneIsAFault(String service) throws Exception {
    try {
      Fuzzer.install();
    } catch (Fuzzer.Absent e) {
      Assumptions.abort("SKIPPED: schemathesis cannot be installed here: " + e.getMessage());
    }
    String word = service.substring(0, service.indexOf('-')).toUpperCase(Locale.ROOT);

    Fuzzer.Result result =
        Fuzzer.fuzz(stack.settings().get("MORAINE_" + word + "_URL"), keyOfAFreshTeam());

    assertThat(result.exitCode()).as(result.out()).isZero();
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
