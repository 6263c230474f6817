package io.moraine.benchmarks;

import io.moraine.events.cache.VersionCached;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The cache follows a version of 1,000,000 files in which 100 were changed. Aim: contents of at
 * most 1.2 times the bytes changed, and at most 12 KB of tree for each change. Beside it: a
 * hard-linked copy of the tree ({@code cp -al}).
 */
record Refresh(int rounds) implements Benchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    MillionFiles files = new MillionFiles(stack, "refresh", 1);
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
        double listed = listedBytes(stack);
        long start = System.nanoTime();
        files.commit(draft);
        VersionCached cached = awaitCached(log, draft);
        double took = (System.nanoTime() - start) / 1e9;
        results.round(
            "refresh of 100 changes",
            round,
            took,
            Map.of(
                "changed bytes", MillionFiles.CHANGED * MillionFiles.SIZE_BYTES,
                "fetched bytes", cached.fetchedBytes(),
                "listed bytes each change",
                    Math.round((listedBytes(stack) - listed) / MillionFiles.CHANGED)));
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

  /** What dataset-service told cache-service of versions so far, as that counts it. */
  private static double listedBytes(RunningStack stack) throws Exception {
    URI metrics = URI.create(stack.settings().get("MORAINE_CACHE_URL") + "/q/metrics");
    String answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    return answer
        .lines()
        .filter(line -> line.startsWith("moraine_cache_listed_bytes_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
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
