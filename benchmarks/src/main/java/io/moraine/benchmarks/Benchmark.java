package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;

/** One thing that is measured. */
interface Benchmark {
  /** Measures against {@code stack}, which is up, and leaves it up. */
  void measure(RunningStack stack, Results results) throws Exception;
}
