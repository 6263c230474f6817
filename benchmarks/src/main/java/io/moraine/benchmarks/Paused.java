package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;

/**
 * A process of the stack that stands still until this is closed: what is measured then is not
 * slowed down by what it would do behind it, such as cache-service filling what was pushed.
 */
final class Paused implements AutoCloseable {
  private final String pid;

  Paused(RunningStack stack, String process) throws IOException, InterruptedException {
    this.pid = Long.toString(stack.process(process).pid());
    signal("-STOP");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException("kill " + signal + " " + pid + " ended with " + exit);
    }
  }
}
