package io.moraine.standalone;

import io.moraine.standalone.home.Home;
import io.moraine.standalone.supervisor.RunningStack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "status",
    description = "Shows what runs; exits with 1 when not everything is ready.")
final class Status implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    Home home = Main.home();
    RunningStack running = new RunningStack(home);
    if (!running.isRunning()) {
      System.out.println(
          "Moraine does not run in " + home.root() + ": start it with ./moraine up.");
      return Main.FAILED;
    }
    for (RunningStack.Entry entry : running.entries()) {
      System.out.printf(
          "%-16s %-9s process %-8d %s%n",
          entry.name(),
          entry.ready() ? "ready" : "starting",
          entry.pid(),
          entry.restarts() == 0 ? "" : "restarts " + entry.restarts());
    }
    return running.isReady() ? 0 : Main.FAILED;
  }
}
