package io.moraine.testkit.blackbox;

import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.FreePorts;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.home.Secrets;
import io.moraine.standalone.home.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A whole Moraine of its own, driven by the {@code moraine} command of this checkout, which has
 * been built: its own home, its own free ports. Thread-safe.
 */
public final class RunningStack implements AutoCloseable {
  /** The slowest thing a command of ours does: a first start on a machine under full load. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** What a command printed and how it ended. */
  public record Result(int exitCode, String out) {}

  private final Path checkout;
  private final Path home;
  private final Map<String, String> environment;

  private RunningStack(Path checkout, Path home, Map<String, String> environment) {
    this.checkout = checkout;
    this.home = home;
    this.environment = environment;
  }

  /** A stack that lives in {@code home} and is not started yet. */
  public static RunningStack in(Path home) {
    return in(home, Map.of());
  }

  /**
   * As {@link #in(Path)}.
   *
   * @param variables that its processes have besides
   */
  public static RunningStack in(Path home, Map<String, String> variables) {
    Map<String, String> environment = new HashMap<>(FreePorts.variables());
    environment.putAll(variables);
    environment.put("MORAINE_BUILT", "yes");
    environment.put("MORAINE_HOME", home.toAbsolutePath().toString());
    // What a user's commands remember is not the tests' to read or to write.
    environment.put("XDG_CACHE_HOME", home.toAbsolutePath().resolve("user-cache").toString());
    environment.put("XDG_CONFIG_HOME", home.toAbsolutePath().resolve("user-config").toString());
    return new RunningStack(findCheckout(), home.toAbsolutePath(), environment);
  }

  /** Starts it in the background and waits until it is ready. */
  public void up() {
    Result result = moraine("up", "--detach");
    if (result.exitCode() != 0) {
      throw new IllegalStateException("moraine up failed:\n" + result.out());
    }
  }

  /**
   * Runs {@code ./moraine} with these words to its end; standard error is part of what it printed.
   */
  public Result moraine(String... words) {
    try {
      Path out = Files.createTempFile("moraine", ".out");
      Process process = start(out, words);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IllegalStateException(
            "moraine " + String.join(" ", words) + " does not end:\n" + Files.readString(out));
      }
      return new Result(process.exitValue(), Files.readString(out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts {@code ./moraine} with these words; what it prints goes to {@code out}. */
  public Process start(Path out, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("moraine").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile());
    builder.environment().keySet().removeAll(Set.of("MORAINE_URL", "MORAINE_API_KEY"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** The variables as the stack's own processes have them. */
  public Settings settings() {
    try {
      Home place = new Home(home);
      return Settings.of(new Environment(environment), place, Secrets.of(place));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** REST calls with the first team's admin key. */
  public Rest rest() {
    try {
      return new Rest(settings(), Files.readString(home.resolve("admin.key")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path home() {
    return home;
  }

  /** The checkout whose {@code moraine} this runs. */
  public Path checkout() {
    return checkout;
  }

  /** The process called {@code name} in {@code moraine status}. */
  public ProcessHandle process(String name) {
    Result status = moraine("status");
    return status
        .out()
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words[0].equals(name))
        .flatMap(words -> Arrays.stream(words).filter(word -> word.matches("[0-9]+")).limit(1))
        .map(Long::parseLong)
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " does not run:\n" + status.out()));
  }

  /**
   * Kills the process called {@code name} with its children: PostgreSQL's own processes are those
   * of {@code postgres}, which else would end in order.
   */
  public void kill(String name) {
    kill(List.of(process(name)));
  }

  /** Kills processes with their children, as {@code kill -9} does, and waits for their end. */
  public static void kill(List<ProcessHandle> processes) {
    List<ProcessHandle> all =
        processes.stream().flatMap(p -> Stream.concat(Stream.of(p), p.descendants())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  private static Path findCheckout() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(directory.resolve("moraine"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("run this inside a checkout of Moraine");
      }
    }
    return directory;
  }

  @Override
  public void close() {
    moraine("down");
  }
}
