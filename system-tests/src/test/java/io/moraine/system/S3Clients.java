package io.moraine.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
 * The S3 clients that people have, unmodified, of the releases that {@code s3-clients.txt} names,
 * from a virtual environment that is made once per machine. They act as one API key and work in one
 * directory, with the settings that the guide tells users to make.
 */
final class S3Clients {
  private static final String RELEASES = "s3-clients.txt";
  private static final Duration INSTALL_PATIENCE = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int LINES_SHOWN = 5;
  private static final String READY = "ready";

  /** What would tell the clients something else, or have them look elsewhere for it. */
  private static final List<String> OTHERS =
      List.of(
          "AWS_CA_BUNDLE",
          "AWS_CONFIG_FILE",
          "AWS_ENDPOINT_URL",
          "AWS_PROFILE",
          "AWS_SESSION_TOKEN",
          "AWS_SHARED_CREDENTIALS_FILE",
          "HF_HOME",
          "HF_HUB_OFFLINE",
          "RCLONE_CONFIG",
          "XDG_CACHE_HOME",
          "XDG_CONFIG_HOME");

  /** DuckDB looks for its extensions in its user's home: this is where ours has them from. */
  private static final String DUCKDB = ".duckdb";

  private static final String BRING_HTTPFS =
      "import duckdb_extensions; duckdb_extensions.import_extension('httpfs')";

  private static Optional<String> obstacle;
  private static Path installed;

  private final Program program;

  private S3Clients(Program program) {
    this.program = program;
  }

  /**
   * Clients with the key of {@code rest}; skips the test, with the reason, where there are none.
   */
  static S3Clients of(Path directory, Rest rest) throws IOException {
    Optional<String> why = install();
    assumeTrue(why.isEmpty(), () -> "SKIPPED, the S3 clients: " + why.get());
    Path home = Files.createDirectories(directory.resolve("home"));
    new Program(home, Map.of(), PATIENCE)
        .run(List.of("cp", "-r", installed.resolve(DUCKDB).toString(), DUCKDB));
    JsonNode credentials = rest.get("/s3/credentials").ok().json();
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_ENDPOINT_URL_S3", credentials.get("endpoint").textValue());
    environment.put("AWS_REGION", credentials.get("region").textValue());
    environment.put("AWS_ACCESS_KEY_ID", credentials.get("accessKey").textValue());
    environment.put("AWS_SECRET_ACCESS_KEY", credentials.get("secretKey").textValue());
    environment.putAll(surroundings(home));
    return new S3Clients(
        new Program(Files.createDirectories(directory.resolve("work")), environment, PATIENCE));
  }

  /** Nothing of this machine's user or of its network. */
  private static Map<String, String> surroundings(Path home) {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", home.toString());
    environment.put("PATH", installed.resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("NO_PROXY", "127.0.0.1");
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    environment.put("HF_HUB_DISABLE_TELEMETRY", "1");
    environment.put("HF_DATASETS_DISABLE_PROGRESS_BARS", "1");
    OTHERS.forEach(variable -> environment.put(variable, ""));
    return environment;
  }

  /** Where they run. */
  Path directory() {
    return program.directory();
  }

  /** Runs lines of a shell, which have to succeed; answers with what they print. */
  String sh(String lines) {
    return succeed("bash", "-euo", "pipefail", "-c", lines);
  }

  /** Runs a program in Python, which has to succeed; answers with what it prints. */
  String python(String lines) {
    return succeed("python3", "-c", lines);
  }

  /** Runs one command that has to fail; answers with what it prints. */
  String refused(String... command) {
    Program.Result result = run(command);
    if (result.exitCode() == 0) {
      throw new AssertionError(String.join(" ", command) + " was not refused:\n" + result.out());
    }
    return result.out();
  }

  private String succeed(String... command) {
    Program.Result result = run(command);
    if (result.exitCode() != 0) {
      throw new AssertionError(
          "%s%nended with %d:%n%s"
              .formatted(command[command.length - 1], result.exitCode(), result.out()));
    }
    return result.out();
  }

  /** Looks for the program itself: Java would where its own process's PATH says. */
  private Program.Result run(String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    Path ours = installed.resolve("bin").resolve(words.get(0));
    if (Files.exists(ours)) {
      words.set(0, ours.toString());
    }
    return program.run(words);
  }

  private static synchronized Optional<String> install() {
    if (obstacle == null) {
      try {
        obstacle = tryInstall();
      } catch (IOException | UncheckedIOException e) {
        obstacle = Optional.of(e.getMessage());
      }
    }
    return obstacle;
  }

  private static Optional<String> tryInstall() throws IOException {
    Program here = new Program(Path.of("."), Map.of(), INSTALL_PATIENCE);
    String python = here.run(List.of("python3", "--version")).out();
    byte[] releases = releases();
    String identity = python + new String(releases, StandardCharsets.UTF_8);
    String name = Sha256.of(identity.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
    Path directory =
        Path.of(System.getProperty("user.home"), ".cache", "moraine-tests", "s3-clients-" + name);
    installed = directory;
    if (Files.exists(directory.resolve(READY))) {
      return Optional.empty();
    }
    Files.createDirectories(directory);
    Path file = Files.write(directory.resolve(RELEASES), releases);
    String bin = directory.resolve("bin").toString();
    Program there = new Program(directory, Map.of("HOME", directory.toString()), INSTALL_PATIENCE);
    for (List<String> step :
        List.of(
            List.of("python3", "-m", "venv", directory.toString()),
            // All are named, so nothing is to be worked out; what is imported is compiled then.
            List.of(
                bin + "/pip",
                "install",
                "--disable-pip-version-check",
                "--quiet",
                "--only-binary=:all:",
                "--no-deps",
                "--no-compile",
                "--requirement",
                file.toString()),
            List.of(bin + "/python3", "-c", BRING_HTTPFS))) {
      Program.Result result = there.run(step);
      if (result.exitCode() != 0) {
        return Optional.of(String.join(" ", step) + ": " + end(result.out()));
      }
    }
    Files.write(directory.resolve(READY), new byte[0]);
    return Optional.empty();
  }

  private static byte[] releases() throws IOException {
    try (InputStream in = S3Clients.class.getResourceAsStream(RELEASES)) {
      return in.readAllBytes();
    }
  }

  private static String end(String out) {
    List<String> lines = out.strip().lines().toList();
    return String.join(" | ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
  }
}
