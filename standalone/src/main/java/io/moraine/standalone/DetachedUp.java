package io.moraine.standalone;

import io.moraine.standalone.home.Home;
import io.moraine.standalone.supervisor.RunningStack;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts the supervisor in the background and shows what it says until the stack is up. */
final class DetachedUp {
  private final Path log;
  private final RunningStack running;

  DetachedUp(Home home) {
    log = home.log(RunningStack.SUPERVISOR);
    running = new RunningStack(home);
  }

  int run() throws IOException, InterruptedException {
    if (running.isRunning()) {
      System.out.println("Moraine already runs: see ./moraine status.");
      return 0;
    }
    Files.createDirectories(log.getParent());
    // Its lines are this terminal's, from the first; those of earlier runs are in the processes'
    // logs.
    Files.deleteIfExists(log);
    Process supervisor = start();
    long shown = 0;
    while (true) {
      boolean ended = supervisor.waitFor(100, TimeUnit.MILLISECONDS);
      boolean up = !ended && running.isRunning() && isUp(supervisor);
      shown = show(shown);
      if (ended) {
        return supervisor.exitValue();
      }
      if (up) {
        show(shown);
        return 0;
      }
    }
  }

  private boolean isUp(Process supervisor) throws IOException {
    return running.entries().stream()
        .anyMatch(
            entry ->
                entry.name().equals(RunningStack.SUPERVISOR)
                    && entry.pid() == supervisor.pid()
                    && entry.ready());
  }

  /** {@code nohup}: the end of this terminal is not the end of the stack. */
  private Process start() throws IOException {
    List<String> command =
        List.of(
            "nohup",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-Dmoraine.checkout=" + Main.checkout(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "up");
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private long show(long from) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] more = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(more);
      System.out.write(more);
      System.out.flush();
      return from + more.length;
    }
  }
}
