package io.moraine.standalone.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path directory;

  @Test
  void portsAreTheDocumentedOnesUnlessSet() throws Exception {
    Settings settings = settings(Map.of("MORAINE_KAFKA_PORT", "29092", "MORAINE_S3_PORT", " "));

    assertThat(settings.get("MORAINE_KAFKA")).isEqualTo("127.0.0.1:29092");
    assertThat(settings.get("MORAINE_S3_ENDPOINT")).isEqualTo("http://127.0.0.1:9090");
    assertThat(settings.get("MORAINE_DATASET_URL")).isEqualTo("http://127.0.0.1:8080");
    assertThat(settings.port("MORAINE_POSTGRES_PORT")).isEqualTo(54320);
    assertThat(settings.variables()).doesNotContainKey("MORAINE_CACHE_BYTES");
    assertThat(settings.get("MORAINE_ALLOW_PRIVATE_ADDRESSES")).isEqualTo("true");
    assertThat(
            settings(Map.of("MORAINE_ALLOW_PRIVATE_ADDRESSES", "false"))
                .get("MORAINE_ALLOW_PRIVATE_ADDRESSES"))
        .isEqualTo("false");
  }

  @Test
  void aPortThatIsNoneIsNamedWithItsVariable() {
    for (String bad : new String[] {"0", "65536", "-1", "eighty", "123456789012"}) {
      assertThatThrownBy(() -> settings(Map.of("MORAINE_DATASET_PORT", bad)))
          .hasMessageContaining("MORAINE_DATASET_PORT is \"" + bad + "\"");
    }
  }

  private Settings settings(Map<String, String> user) throws Exception {
    Home home = new Home(directory);
    return Settings.of(new Environment(user), home, Secrets.of(home));
  }
}
