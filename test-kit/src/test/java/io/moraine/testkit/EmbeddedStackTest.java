package io.moraine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddedStackTest {
  @Test
  void isOneStackPerJvmWithTheVariablesThatServicesRead() {
    Map<String, String> variables = new EmbeddedStack().start();

    assertThat(variables)
        .containsKeys(
            "MORAINE_POSTGRES_PORT", "MORAINE_KAFKA", "MORAINE_S3_ENDPOINT", "MORAINE_DATASET_URL");
    assertThat(EmbeddedStack.variables()).isEqualTo(variables);
  }
}
