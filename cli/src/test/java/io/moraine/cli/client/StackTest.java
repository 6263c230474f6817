package io.moraine.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackTest {
  private static Stack find(Map<String, String> variables) {
    return Stack.find(new ConnectionOptions(), variables);
  }

  @Test
  void aStackOnThisMachineNeedsItsHomeOnly(@TempDir Path home) throws Exception {
    Files.writeString(home.resolve("admin.key"), "mk_a_b\n");

    Stack stack = find(Map.of("MORAINE_HOME", home.toString(), "MORAINE_CACHE_PORT", "9082"));

    assertThat(stack.apiKey()).isEqualTo("mk_a_b");
    assertThat(stack.datasetService()).isEqualTo(URI.create("http://127.0.0.1:8080"));
    assertThat(stack.cacheService()).isEqualTo(URI.create("http://127.0.0.1:9082"));
    assertThat(stack.kafka()).isEqualTo("127.0.0.1:19092");
    assertThat(stack.shareStorage()).contains(home.resolve("share-storage"));
  }

  @Test
  void variablesComeBeforeTheHomeAndOptionsBeforeThem(@TempDir Path home) throws Exception {
    Files.writeString(home.resolve("admin.key"), "mk_home\n");
    ConnectionOptions options = new ConnectionOptions();
    options.datasetUrl = "http://option:1/";

    Stack stack =
        Stack.find(
            options,
            Map.of(
                "MORAINE_HOME", home.toString(),
                "MORAINE_API_KEY", "mk_variable",
                "MORAINE_DATASET_URL", "http://variable:2",
                "MORAINE_VOLUME_URL", "http://variable:3"));

    assertThat(stack.apiKey()).isEqualTo("mk_variable");
    assertThat(stack.datasetService()).isEqualTo(URI.create("http://option:1"));
    assertThat(stack.volumeService()).isEqualTo(URI.create("http://variable:3"));
  }

  @Test
  void aMissingKeyNamesTheWaysOut(@TempDir Path home) {
    assertThatThrownBy(() -> find(Map.of("MORAINE_HOME", home.toString())))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("MORAINE_API_KEY")
        .hasMessageContaining(home.resolve("admin.key").toString())
        .hasMessageContaining("moraine up");
  }

  @Test
  void aUrlWithoutAHostIsSaid() {
    assertThatThrownBy(() -> find(Map.of("MORAINE_DATASET_URL", "8080", "MORAINE_API_KEY", "x")))
        .hasMessageContaining("MORAINE_DATASET_URL is \"8080\"");
  }
}
