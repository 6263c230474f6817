package io.moraine.cli.run;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Stack;
import io.moraine.events.volume.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The work of a run: one process on this machine that sees the run's mounts. */
public final class LocalJob {
  /** Between asking a process to end and ending it. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final JobRoot root;
  private final Consumer<String> notices;

  private LocalJob(JobRoot root, Consumer<String> notices) {
    this.root = root;
    this.notices = notices;
  }

  /** A job in a sandbox where this machine can make one; says so where it cannot. */
  public static LocalJob sandboxed(List<Mount> mounts, Stack stack, Consumer<String> notices)
      throws IOException, InterruptedException {
    requireHere(mounts);
    Optional<String> obstacle = Sandbox.obstacle();
    if (obstacle.isEmpty()) {
      return new LocalJob(Sandbox.of(mounts, stack), notices);
    }
    notices.accept(
        "No sandbox: "
            + obstacle.get()
            + ". The command finds its mounts, as symbolic links, by MORAINE_INPUTS, MORAINE_OUTPUTS and"
            + " MORAINE_STORAGE.");
    return unprotected(mounts, notices);
  }

  /** A job that sees this machine as it is. */
  static LocalJob unprotected(List<Mount> mounts, Consumer<String> notices) throws IOException {
    requireHere(mounts);
    return new LocalJob(LinkedDirectories.of(mounts), notices);
  }

  private static void requireHere(List<Mount> mounts) {
    for (Mount mount : mounts) {
      if (!Files.isDirectory(Path.of(mount.source()))) {
        throw new CommandFailed(
            mount.source()
                + ", to be seen at "
                + mount.path()
                + ", is no directory of this machine. 'moraine run' needs the region's shared"
                + " storage mounted where the services have it.");
      }
    }
  }

  /**
   * Runs {@code command} with this process's input and output to its end, and ends what it left
   * behind. Returns its exit code, 128 + n when signal n ended it. An interrupt ends it.
   *
   * <p>The calling thread must live on meanwhile: a sandbox dies with the thread that made it.
   */
  public int run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = root.process(command).inheritIO();
    JobEnvironment.set(builder.environment(), root);
    try {
      return runToEnd(start(builder, command));
    } finally {
      int ended = root.clear();
      if (ended > 0) {
        notices.accept("Ended " + ended + " process(es) that the command had left behind.");
      }
    }
  }

  private static Process start(ProcessBuilder builder, List<String> command) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new CommandFailed(
          "The command \"" + command.get(0) + "\" cannot be started: " + e.getMessage(), e);
    }
  }

  private static int runToEnd(Process process) throws InterruptedException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      throw e;
    }
  }
}
