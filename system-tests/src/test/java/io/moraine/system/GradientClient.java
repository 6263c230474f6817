package io.moraine.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The original {@code gradient} command line, unmodified, from a virtual environment of its own
 * that is made once per machine. It exits with 0 whatever happens, so only what it prints says
 * anything; a command that does not end in time is a failure of the server's: its bugs make it wait
 * for ever.
 */
final class GradientClient {
  private static final String WANTED = "gradient<3.0";
  private static final Duration INSTALL_PATIENCE = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int LINES_SHOWN = 5;
  private static final String READY = "ready";

  /** The client asks whether to show the next page: more often than any test has pages. */
  private static final String YES = "y\n".repeat(100);

  private static Optional<String> obstacle;
  private static Path command;

  private final Path home;
  private final Map<String, String> environment;

  private GradientClient(Path home, Map<String, String> environment) {
    this.home = home;
    this.environment = environment;
  }

  /** A client of the API at {@code url}; skips the test, with the reason, where there is none. */
  static GradientClient of(Path home, String url, String key) {
    Optional<String> why = install();
    assumeTrue(why.isEmpty(), () -> "SKIPPED, the gradient client: " + why.get());
    return new GradientClient(
        home,
        Map.of(
            "HOME",
            home.toString(),
            "PAPERSPACE_CONFIG_HOST",
            url,
            "PAPERSPACE_CONFIG_LOG_HOST",
            url,
            "PAPERSPACE_API_KEY",
            key,
            "PAPERSPACE_CLI_DEV",
            "true",
            "PYTHONWARNINGS",
            "ignore",
            "PYTHONUTF8",
            "1",
            "NO_PROXY",
            "127.0.0.1"));
  }

  /** As this one, with another key. */
  GradientClient withKey(String key) {
    return with(Map.of("PAPERSPACE_API_KEY", key));
  }

  /** As this one, with all that it sends going through the HTTP proxy at {@code proxy}. */
  GradientClient through(URI proxy) {
    // Python takes the names in small letters first, and what is empty for not given.
    return with(
        Map.of(
            "http_proxy",
            proxy.toString(),
            "HTTP_PROXY",
            proxy.toString(),
            "no_proxy",
            "",
            "NO_PROXY",
            ""));
  }

  private GradientClient with(Map<String, String> changes) {
    Map<String, String> other = new HashMap<>(environment);
    other.putAll(changes);
    return new GradientClient(home, other);
  }

  /** What {@code gradient} with these words prints, both streams, without colours and spinners. */
  String run(String... words) {
    List<String> all = new ArrayList<>(List.of(command.toString()));
    all.addAll(List.of(words));
    return execute(all, environment, PATIENCE, home).out();
  }

  /**
   * What a Python program prints that uses the client's library as {@code api_sdk}, and the key as
   * {@code key}.
   */
  String sdk(String program) {
    String python = command.resolveSibling("python").toString();
    String begin =
        "import os\nfrom gradient import api_sdk\nkey = os.environ['PAPERSPACE_API_KEY']\n";
    return execute(List.of(python, "-c", begin + program), environment, PATIENCE, home).out();
  }

  private static synchronized Optional<String> install() {
    if (obstacle == null) {
      try {
        obstacle = tryInstall();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return obstacle;
  }

  private static Optional<String> tryInstall() throws IOException {
    Optional<String> python = output(List.of("python3", "--version"));
    if (python.isEmpty()) {
      return Optional.of("there is no python3");
    }
    byte[] constraints = constraints();
    String identity = python.get() + WANTED + new String(constraints, StandardCharsets.UTF_8);
    String name = Sha256.of(identity.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
    Path directory =
        Path.of(System.getProperty("user.home"), ".cache", "moraine-tests", "gradient-" + name);
    command = directory.resolve("bin").resolve("gradient");
    if (Files.exists(directory.resolve(READY))) {
      return Optional.empty();
    }
    Files.createDirectories(directory);
    Path file = directory.resolve("constraints.txt");
    Files.write(file, constraints);
    Program.Result venv =
        execute(
            List.of("python3", "-m", "venv", directory.toString()),
            Map.of(),
            INSTALL_PATIENCE,
            directory);
    if (venv.exitCode() != 0) {
      return Optional.of("python3 has no venv: " + end(venv.out()));
    }
    Program.Result pip =
        execute(
            List.of(
                directory.resolve("bin").resolve("pip").toString(),
                "install",
                "--disable-pip-version-check",
                "--quiet",
                WANTED),
            // Unlike -c, this holds for the environments that packages are built in, too.
            Map.of("PIP_CONSTRAINT", file.toString()),
            INSTALL_PATIENCE,
            directory);
    if (pip.exitCode() != 0) {
      return Optional.of("pip cannot install it: " + end(pip.out()));
    }
    Program.Result help =
        execute(
            List.of(command.toString(), "--help"),
            Map.of("PYTHONWARNINGS", "ignore"),
            INSTALL_PATIENCE,
            directory);
    if (!help.out().contains("datasets")) {
      return Optional.of("it does not start: " + end(help.out()));
    }
    Files.write(directory.resolve(READY), new byte[0]);
    return Optional.empty();
  }

  private static byte[] constraints() throws IOException {
    try (InputStream in = GradientClient.class.getResourceAsStream("gradient-constraints.txt")) {
      return in.readAllBytes();
    }
  }

  private static Optional<String> output(List<String> command) {
    try {
      return Optional.of(execute(command, Map.of(), PATIENCE, Path.of(".")).out());
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static String end(String out) {
    List<String> lines = out.strip().lines().toList();
    return String.join(" | ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
  }

  private static Program.Result execute(
      List<String> command, Map<String, String> environment, Duration patience, Path directory) {
    Program.Result result = new Program(directory, environment, patience, YES).run(command);
    return new Program.Result(result.exitCode(), plain(result.out()));
  }

  /** Without ANSI codes, and without what a carriage return wrote over. */
  private static String plain(String out) {
    return out.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").replaceAll("[^\n]*\r", "");
  }
}
