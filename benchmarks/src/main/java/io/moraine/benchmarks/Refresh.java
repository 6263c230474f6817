package io.moraine.benchmarks;

import io.moraine.events.cache.VersionCached;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The cache follows a version of 1,000,000 files in which 100 were changed. Aim: contents of at
 * most 1.2 times the bytes changed, and at most 12 KB of tree for each change. Beside it: a
 * hard-linked copy of the tree ({@code cp -al}).
 */
record Refresh(int rounds) implements Benchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    MillionFiles files = new MillionFiles(stack, "refresh", 1, MillionFiles.SMALL_BYTES);
    MillionFiles.Prepared prepared = files.prepare();
    files.stage(prepared);
    try (EventLog log = new EventLog(stack.settings())) {
      long cold = System.nanoTime();
      files.commit(prepared.draft());
      awaitCached(log, prepared.draft());
      results.round(
          "cold fill", 1, (System.nanoTime() - cold) / 1e9, Map.of("files", MillionFiles.FILES));
      for (int round = 1; round <= rounds; round++) {
        String draft = files.changed();
        long read = readBytes(stack);
        long start = System.nanoTime();
        files.commit(draft);
        VersionCached cached = awaitCached(log, draft);
        double took = (System.nanoTime() - start) / 1e9;
        results.round(
            "refresh of 100 changes",
            round,
            took,
            Map.of(
                "changed bytes",
                MillionFiles.CHANGED * MillionFiles.SMALL_BYTES,
                "fetched bytes",
                cached.fetchedBytes(),
                "read by the process, each change",
                (readBytes(stack) - read) / MillionFiles.CHANGED));
        copy(stack, files, draft, results, round);
      }
    }
    results.compare("refresh of 100 changes", "cp -al");
  }

  private static VersionCached awaitCached(EventLog log, String version)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      Optional<VersionCached> cached =
          log.of(VersionCached.class).stream()
              .filter(e -> e.version().text().equals(version))
              .findFirst();
      if (cached.isPresent()) {
        return cached.get();
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    throw new IllegalStateException(version + " was not cached within " + PATIENCE);
  }

  /** What the process read so far, from sockets and files of whatever kind. */
  private static long readBytes(RunningStack stack) throws IOException {
    Path io = Path.of("/proc", "" + stack.process("cache-service").pid(), "io");
    try (Stream<String> lines = Files.lines(io)) {
      return lines
          .filter(line -> line.startsWith("rchar:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    }
  }

  private static void copy(
      RunningStack stack, MillionFiles files, String version, Results results, int round)
      throws IOException, InterruptedException {
    String cached =
        stack.home().resolve("share-storage").resolve(stack.rest().team()).resolve("datasets")
            + "/"
            + files.dataset()
            + "/"
            + version;
    String copy = stack.home().resolve("share-storage").resolve("copy").toString();
    long start = System.nanoTime();
    run("cp", "-al", cached, copy);
    run("sync", "-f", copy); // as ours are
    results.round(
        "cp -al", round, (System.nanoTime() - start) / 1e9, Map.of("files", MillionFiles.FILES));
    run("rm", "-rf", copy);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + exit);
    }
  }
}
