package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.util.Map;

/** From the command to a ready stack, when everything is built. Aim: under 45 s. */
record UpTime(int rounds) implements Benchmark {
  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    for (int round = 1; round <= rounds; round++) {
      stack.moraine("down");
      long start = System.nanoTime();
      stack.up();
      results.round("moraine up --detach", round, (System.nanoTime() - start) / 1e9, Map.of());
    }
  }
}
