package io.moraine.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bar goes to standard error: only where that goes decides. */
class BarsTest {
  @TempDir private Path directory;

  /** Says in a file whether there is a terminal. */
  static final class Ask {
    private Ask() {}

    public static void main(String[] args) throws IOException {
      Files.writeString(Path.of(args[0]), Boolean.toString(Bars.isTerminal()));
    }
  }

  @BeforeEach
  void needsTerminals() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script(1) gives a terminal");
  }

  private String askedWith(String redirection) throws Exception {
    Path answer = directory.resolve("answer");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String command =
        "'%s' -cp '%s' '%s' '%s' %s"
            .formatted(
                java,
                System.getProperty("java.class.path"),
                Ask.class.getName(),
                answer,
                redirection);
    ProcessBuilder script =
        new ProcessBuilder(List.of("script", "-qec", command, directory.resolve("log").toString()));
    script.environment().put("TERM", "xterm");
    script.redirectErrorStream(true).redirectOutput(directory.resolve("out").toFile());
    script.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    assertThat(script.start().waitFor(1, TimeUnit.MINUTES)).isTrue();
    return Files.readString(answer);
  }

  @Test
  void aTerminalThatOnlyOutputIsTakenFromShowsBars() throws Exception {
    assertThat(askedWith("> '" + directory.resolve("data") + "'")).isEqualTo("true");
  }

  @Test
  void aLogOfErrorsShowsNone() throws Exception {
    assertThat(askedWith("2> '" + directory.resolve("errors") + "'")).isEqualTo("false");
  }
}
