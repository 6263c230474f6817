package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;

/** The {@code moraine} command as a user starts it, start of the JVM included. */
final class Commands {
  private Commands() {}

  /** Runs it, which has to succeed; returns the seconds. */
  static double time(RunningStack stack, String... words) {
    long start = System.nanoTime();
    RunningStack.Result result = stack.moraine(words);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (result.exitCode() != 0) {
      throw new IllegalStateException(
          "moraine " + String.join(" ", words) + " failed:\n" + result.out());
    }
    return seconds;
  }
}
