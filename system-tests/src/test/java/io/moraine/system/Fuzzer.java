package io.moraine.system;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Schemathesis, in a virtual environment of its own below {@code target}: sends what an OpenAPI
 * document allows and what it does not, and compares every answer with what the document declares.
 */
final class Fuzzer {
  private static final String VERSION = "4.32.5";
  private static final Path HOME = Path.of("target", "schemathesis-" + VERSION).toAbsolutePath();
  private static final Path HOOKS = Path.of("src", "test", "resources", "fuzz");
  private static final Duration INSTALLING = Duration.ofMinutes(5);
  private static final Duration FUZZING = Duration.ofMinutes(10);

  /** Of each operation. More of them, or another seed, are for a run by hand. */
  private static final String EXAMPLES = System.getProperty("moraine.fuzz.examples", "10");

  /** What an earlier run found is no part of this one. */
  private static final String NOTHING_KEPT = "[cache]\nenabled = false\n";

  private static final String SEED = System.getProperty("moraine.fuzz.seed", "1");

  /** That it cannot be had here. */
  static final class Absent extends Exception {
    private static final long serialVersionUID = 1L;

    Absent(String why) {
      super(why);
    }
  }

  /** How a run ended, with what it said. */
  record Result(int exitCode, String out) {}

  private Fuzzer() {}

  /** Installs it if it is not there; takes some ten seconds. */
  static synchronized void install() throws Absent, IOException, InterruptedException {
    Path installed = HOME.resolve("installed");
    if (Files.exists(installed)) {
      return;
    }
    Files.createDirectories(HOME);
    require("python3", "-m", "venv", HOME.toString());
    require(
        HOME.resolve("bin/pip").toString(),
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "schemathesis==" + VERSION);
    Files.write(installed, new byte[0]);
  }

  private static void require(String... command) throws Absent, IOException, InterruptedException {
    Result result;
    try {
      result = run(INSTALLING, Map.of(), List.of(command));
    } catch (IOException e) {
      throw new Absent(e.getMessage());
    }
    if (result.exitCode() != 0) {
      throw new Absent(String.join(" ", command) + ": " + result.out().strip());
    }
  }

  /**
   * A service to fuzz.
   *
   * @param url the service's
   * @param key what every call carries
   * @param environment what the hooks in {@code moraine_fuzz.py} are told
   * @param named values of path parameters, for which none are made up
   * @param options of schemathesis, besides those that every run has
   */
  record Target(
      String url,
      String key,
      Map<String, String> environment,
      Map<String, String> named,
      List<String> options) {}

  /** Fuzzes a service: the same requests each time, as far as its answers are the same. */
  static Result fuzz(Target target) throws IOException, InterruptedException {
    Path config = Files.createTempFile(HOME, "run-", ".toml");
    Files.writeString(
        config,
        target.named().entrySet().stream()
            .map(name -> "\"path.%s\" = \"%s\"\n".formatted(name.getKey(), name.getValue()))
            .collect(joining("", NOTHING_KEPT + "[parameters]\n", "")));
    List<String> command = new ArrayList<>();
    command.add(HOME.resolve("bin/schemathesis").toString());
    command.addAll(List.of("--config-file", config.toString()));
    command.addAll(List.of("run", target.url() + "/q/openapi?format=json"));
    command.addAll(List.of("--header", "X-API-Key: " + target.key()));
    command.addAll(
        List.of(
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,"
                + "response_schema_conformance"));
    command.addAll(List.of("--max-examples", EXAMPLES, "--seed", SEED));
    command.addAll(List.of("--generation-database", "none"));
    command.addAll(List.of("--suppress-health-check", "all", "--warnings", "off"));
    command.addAll(List.of("--request-timeout", "60", "--workers", "1", "--no-color"));
    command.addAll(target.options());
    return run(FUZZING, target.environment(), command);
  }

  private static Result run(
      Duration patience, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(Files.createDirectories(HOME), "run-", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(HOME.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PYTHONPATH", HOOKS.toAbsolutePath().toString());
    builder.environment().put("SCHEMATHESIS_HOOKS", "moraine_fuzz");
    Process process = builder.start();
    if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      return new Result(-1, "It did not end:\n" + Files.readString(out));
    }
    return new Result(process.exitValue(), Files.readString(out));
  }
}
