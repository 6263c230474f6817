package io.moraine.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.cli.client.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTest {
  private static final Configuration NONE = new Configuration(Optional.empty(), Optional.empty());
  private static final Configuration FAR =
      new Configuration(Optional.of("https://far.example"), Optional.of("mk_far"));

  @TempDir private Path home;

  private Connection.Found find(Map<String, String> variables, Configuration configuration) {
    return new Connection().find(variables, configuration);
  }

  @Test
  void theStackOnThisMachineNeedsItsHomeOnly() throws IOException {
    Files.writeString(home.resolve("admin.key"), "mk_home\n");
    Connection.Found found = find(Map.of("MORAINE_HOME", home.toString()), NONE);
    assertThat(found.url()).hasToString("http://127.0.0.1:8080");
    assertThat(found.apiKey()).isEqualTo("mk_home");
  }

  @Test
  void optionsComeBeforeVariablesAndTheseBeforeTheConfiguration() {
    Map<String, String> variables =
        Map.of("MORAINE_URL", "http://variable:1/", "MORAINE_API_KEY", "mk_variable");
    assertThat(find(variables, FAR).url()).hasToString("http://variable:1");
    assertThat(find(variables, FAR).apiKey()).isEqualTo("mk_variable");
    assertThat(find(Map.of(), FAR).url()).hasToString("https://far.example");
    assertThat(find(Map.of(), FAR).apiKey()).isEqualTo("mk_far");
    Connection connection = new Connection();
    connection.url = "http://option:2";
    connection.apiKey = "mk_option";
    assertThat(connection.find(variables, FAR).url()).hasToString("http://option:2");
    assertThat(connection.find(variables, FAR).apiKey()).isEqualTo("mk_option");
  }

  @Test
  void aKeyIsNotShownToAHostThatItIsNotFor() throws IOException {
    Files.writeString(home.resolve("admin.key"), "mk_home\n");
    Map<String, String> elsewhere =
        Map.of("MORAINE_URL", "http://elsewhere:1", "MORAINE_HOME", home.toString());
    assertThatThrownBy(() -> find(elsewhere, FAR))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("no API key for http://elsewhere:1")
        .hasMessageContaining("MORAINE_API_KEY");
  }

  @Test
  void theConfigurationIsItsOwnersOnlyAndComesBack() throws IOException {
    Directories directories =
        Directories.of(Map.of("XDG_CONFIG_HOME", home.toString(), "HOME", "/"));
    FAR.save(directories);
    assertThat(Configuration.load(directories)).isEqualTo(FAR);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(Configuration.file(directories))))
        .isEqualTo("rw-------");
  }

  @Test
  void whatIsNoUrlIsSaid() {
    assertThatThrownBy(() -> find(Map.of("MORAINE_URL", "8080"), NONE))
        .hasMessageContaining("\"8080\" is no URL");
  }
}
