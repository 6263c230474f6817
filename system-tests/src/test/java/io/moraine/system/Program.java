package io.moraine.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs as a user would, each to its end, and kills those that do not come to one in time.
 *
 * @param directory where they run
 * @param environment what they have besides this process's; an empty value takes one away
 * @param patience for each
 * @param input what each may read
 */
record Program(Path directory, Map<String, String> environment, Duration patience, String input) {
  /** How it ended, and what it printed on both streams. */
  record Result(int exitCode, String out) {}

  /** Programs that have nothing to read. */
  Program(Path directory, Map<String, String> environment, Duration patience) {
    this(directory, environment, patience, "");
  }

  /** Fails when there is no such program, or it does not end. */
  Result run(List<String> command) {
    try {
      Path in = Files.writeString(Files.createTempFile("program", ".in"), input);
      Path out = Files.createTempFile("program", ".out");
      try {
        return run(command, in, out);
      } finally {
        Files.delete(in);
        Files.delete(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Result run(List<String> command, Path in, Path out)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    builder.environment().values().removeIf(String::isEmpty);
    Process process = builder.start();
    boolean ended = process.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    String printed = Files.readString(out, StandardCharsets.UTF_8);
    if (!ended) {
      throw new AssertionError(String.join(" ", command) + " does not end:\n" + printed);
    }
    return new Result(process.exitValue(), printed);
  }
}
