package io.moraine.standalone.supervisor;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;

/**
 * A running {@link Program}, held by its standard input: it ends when {@link #stop} closes that, or
 * when this process is gone. Thread-safe.
 */
public final class Child {
  /** A log larger than this is set aside when its process starts; one such is kept. */
  private static final long LOG_BYTES = 32L << 20;

  private static final Duration BETWEEN_PROBES = Duration.ofMillis(100);

  private final Program program;
  private final Process process;
  private final long logStart;

  private Child(Program program, Process process, long logStart) {
    this.program = program;
    this.process = process;
    this.logStart = logStart;
  }

  public static Child start(Program program) throws IOException, InterruptedException {
    program.before().run();
    Path log = program.log();
    Files.createDirectories(log.getParent());
    if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
    long logStart = Files.exists(log) ? Files.size(log) : 0;
    ProcessBuilder builder = new ProcessBuilder(program.command());
    builder.environment().putAll(program.variables());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new Child(program, builder.start(), logStart);
  }

  public Program program() {
    return program;
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end of the process and returns how it ended, in words. */
  public String awaitEnd() throws InterruptedException {
    return ended(process.waitFor());
  }

  /**
   * Returns when the program answers. Fails at once when it ends instead, and after {@code
   * patience}; the message has the last line of its log.
   */
  public void awaitReady(Duration patience) throws InterruptedException {
    Instant deadline = Instant.now().plus(patience);
    while (!program.probe().answers()) {
      if (process.waitFor(BETWEEN_PROBES.toMillis(), MILLISECONDS)) {
        throw new ChildFailed(program.name() + " " + ended(process.exitValue()) + words());
      }
      if (Instant.now().isAfter(deadline)) {
        throw new ChildFailed(
            program.name() + " did not answer within " + patience.toSeconds() + " s" + words());
      }
    }
  }

  /**
   * Asks the process to end, in order; after {@code patience} it is killed. Returns when it is
   * gone.
   */
  public void stop(Duration patience) throws InterruptedException {
    release();
    if (!process.waitFor(patience.toMillis(), MILLISECONDS)) {
      kill();
    }
  }

  /** Lets go of the process, which ends in order, on its own. */
  public void release() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // The process is gone already, which is what was asked for.
    }
  }

  /** {@code kill -9}; returns when the process is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The last line that the process logged since it started; empty when it was silent. */
  public String lastWords() {
    try (RandomAccessFile log = new RandomAccessFile(program.log().toFile(), "r")) {
      long from = Math.max(logStart, log.length() - 4096);
      byte[] tail = new byte[(int) (log.length() - from)];
      log.seek(from);
      log.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("\t"))
          .reduce("", (first, second) -> second)
          .strip();
    } catch (IOException e) {
      return "";
    }
  }

  private String words() {
    String last = lastWords();
    return (last.isEmpty() ? "" : ": " + last) + " (log: " + program.log() + ")";
  }

  /** A JVM and a shell report a signal as 128 + its number. */
  private static String ended(int exit) {
    return exit > 128 && exit < 160
        ? "was killed by signal " + (exit - 128)
        : "ended with exit code " + exit;
  }
}
