package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Proportional set size of each process after a minute of rest. Aim: under 400 MiB for each
 * service.
 */
record Memory() implements Benchmark {
  private static final int REST_SECONDS = 60;
  private static final List<String> PROCESSES =
      List.of("dataset-service", "cache-service", "volume-service", "kafka", "s3");

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    TimeUnit.SECONDS.sleep(REST_SECONDS);
    Map<String, Long> mebibytes = new LinkedHashMap<>();
    for (String process : PROCESSES) {
      mebibytes.put(process + " PSS MiB", pssBytes(stack.process(process).pid()) >> 20);
    }
    results.round("at rest", 1, REST_SECONDS, mebibytes);
  }

  private static long pssBytes(long pid) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
      return lines
              .filter(line -> line.startsWith("Pss:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          * 1024;
    }
  }
}
