package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * One file of 4 GiB pushed and pulled, beside rclone doing both. Aim: at least 0.9 of its speed.
 * Neither syncs what it brings; a second row of each counts a sync behind it. The round that is not
 * counted finds the peer's best settings. Nothing fills a cache meanwhile.
 */
record PushLarge(int rounds) implements Benchmark {
  private static final long SIZE_BYTES = 4L << 30;

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    Rclone rclone = new Rclone(stack.settings());
    boolean peer = rclone.isThere();
    try (Paused cache = new Paused(stack, "cache-service")) {
      List<String> best = peer ? best(stack, rclone) : List.of();
      for (int round = 0; round <= rounds; round++) {
        Path files = file(round);
        ours(stack, results, round, files);
        if (peer && round > 0) {
          Path pulled = files.resolve("pulled");
          String remote = rclone.remote("bench/push-large");
          double up = rclone.copy(Rclone.local(files), remote, best);
          double down = rclone.copy(remote, Rclone.local(pulled), best);
          double synced = down + sync(pulled);
          requireSame(files, pulled);
          results.round("rclone copy up", round, up, rate(up));
          results.round("rclone copy down", round, down, rate(down));
          results.round("rclone copy down, synced", round, synced, rate(synced));
        }
        Directories.deleteFound(stack.home().resolve("s3"), "bench");
        Directories.delete(files);
      }
      if (peer) {
        results.compare("moraine push of 4 GiB", "rclone copy up");
        results.compare("moraine pull of 4 GiB", "rclone copy down");
        results.compare("moraine pull of 4 GiB, synced", "rclone copy down, synced");
      }
    }
  }

  private static void ours(RunningStack stack, Results results, int round, Path files)
      throws Exception {
    String dataset = "push-large-" + System.nanoTime();
    Path pulled = Files.createTempDirectory(files.getParent(), "pulled-").toAbsolutePath();
    double push = Commands.time(stack, "push", files.toString(), dataset, "-m", "all");
    double pull = Commands.time(stack, "pull", dataset, pulled.toString());
    double synced = pull + sync(pulled);
    requireSame(files, pulled);
    Directories.delete(pulled);
    stack.rest().delete("/datasets/" + dataset).ok();
    if (round > 0) {
      results.round("moraine push of 4 GiB", round, push, rate(push));
      results.round("moraine pull of 4 GiB", round, pull, rate(pull));
      results.round("moraine pull of 4 GiB, synced", round, synced, rate(synced));
    }
  }

  /** Seconds until the disk has what was pulled. */
  private static double sync(Path pulled) throws IOException {
    long start = System.nanoTime();
    try (FileChannel file =
        FileChannel.open(pulled.resolve("large.bin"), StandardOpenOption.WRITE)) {
      file.force(true);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static List<String> best(RunningStack stack, Rclone rclone) throws Exception {
    Path files = file(-1);
    List<String> best = List.of();
    double shortest = Double.MAX_VALUE;
    for (List<String> settings : Rclone.FOR_ONE_FILE) {
      double took =
          rclone.copy(
              Rclone.local(files),
              rclone.remote("bench/settings-" + settings.hashCode()),
              settings);
      System.out.printf("rclone copy of 4 GiB with %s: %.1f s%n", settings, took);
      if (took < shortest) {
        shortest = took;
        best = settings;
      }
    }
    Directories.deleteFound(stack.home().resolve("s3"), "bench");
    Directories.delete(files);
    return best;
  }

  private static Path file(long seed) throws Exception {
    return Directories.ofOneFile(Files.createDirectories(Path.of("target")), seed, SIZE_BYTES);
  }

  private static void requireSame(Path files, Path pulled) throws Exception {
    long wrong = Files.mismatch(files.resolve("large.bin"), pulled.resolve("large.bin"));
    if (wrong >= 0) {
      throw new IllegalStateException("pulled bytes differ from byte " + wrong);
    }
  }

  private static Map<String, Object> rate(double seconds) {
    return Map.of("bytes", SIZE_BYTES, "MiB/s", Math.round((SIZE_BYTES >> 20) / seconds));
  }
}
