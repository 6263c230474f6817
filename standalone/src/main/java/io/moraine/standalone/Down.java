package io.moraine.standalone;

import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.home.Secrets;
import io.moraine.standalone.home.Settings;
import io.moraine.standalone.server.PostgresServer;
import io.moraine.standalone.supervisor.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;

@Command(name = "down", description = "Stops the stack in order; what was acknowledged stays.")
final class Down implements Callable<Integer> {
  /** Two stages, each with its own bounded end. */
  private static final Duration ORDERLY = Duration.ofSeconds(60);

  @Override
  public Integer call() throws Exception {
    Home home = Main.home();
    RunningStack running = new RunningStack(home);
    Optional<ProcessHandle> supervisor = running.supervisor();
    if (!running.isRunning() || supervisor.isEmpty()) {
      stopPostmaster(home);
      System.out.println("Moraine does not run in " + home.root() + ".");
      return 0;
    }
    List<RunningStack.Entry> entries = running.entries();
    supervisor.get().destroy();
    try {
      supervisor.get().onExit().get(ORDERLY.toSeconds(), TimeUnit.SECONDS);
      System.out.println("Moraine is down.");
    } catch (TimeoutException e) {
      entries.forEach(entry -> entry.process().ifPresent(ProcessHandle::destroyForcibly));
      System.out.println(
          "Moraine did not stop within " + ORDERLY.toSeconds() + " s and was killed.");
    }
    return 0;
  }

  /** It outlives its own parent and the supervisor, when both were killed. */
  private static void stopPostmaster(Home home) throws IOException, InterruptedException {
    if (Files.exists(home.postgres())) {
      PostgresServer.stopLeftover(
          PostgresServer.Config.of(
              Settings.of(Environment.ofThisProcess(), home, Secrets.of(home))));
    }
  }
}
