package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * 100,000 files of 4 KiB: {@code moraine push}, beside rclone (aim: 10 times its files a second)
 * and one PUT of their tar (aim: at most 3 times its time); then the push again with nothing
 * changed (aim: under 1.5 s), and again with every file read (under 3 s). The peer's best settings
 * are found on a tenth of the files, in the round that is not counted. Nothing fills a cache
 * meanwhile.
 */
record PushSmall(int rounds) implements Benchmark {
  private static final int FILES = 100_000;
  private static final int SIZE_BYTES = 4096;

  /**
   * A file that was modified less than two seconds before it is read is read again the next time.
   */
  private static final int SETTLED_SECONDS = 3;

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    Rclone rclone = new Rclone(stack.settings());
    boolean peer = rclone.isThere();
    try (Paused cache = new Paused(stack, "cache-service")) {
      List<String> best = peer ? best(stack, rclone) : List.of();
      for (int round = 0; round <= rounds; round++) {
        Path files = files(round, FILES);
        Round seconds = round(stack, files, round);
        if (round > 0) {
          seconds.write(results, round);
          if (peer) {
            String where = "bench/push-small-" + round;
            double lean = rclone.copy(Rclone.local(files), rclone.remote(where), best);
            results.round("rclone copy, best settings", round, lean, with(lean, best));
          }
        }
        forget(stack, "bench");
        Directories.delete(files);
      }
      if (peer) {
        asItComes(stack, results, rclone);
        results.compare("moraine push", "rclone copy, best settings");
      }
      results.compare("moraine push", "one PUT of the tar");
    }
  }

  /** Of a tenth of the files: as it comes, it takes twice as long as with its best settings. */
  private static void asItComes(RunningStack stack, Results results, Rclone rclone)
      throws Exception {
    Path files = files(-2, FILES / 10);
    double seconds =
        rclone.copy(Rclone.local(files), rclone.remote("bench/as-it-comes"), Rclone.AS_IT_COMES);
    results.round(
        "rclone copy of 10,000, as it comes",
        1,
        seconds,
        Map.of("files", FILES / 10, "files/s", Math.round(FILES / 10 / seconds)));
    forget(stack, "bench");
    Directories.delete(files);
  }

  private static List<String> best(RunningStack stack, Rclone rclone) throws Exception {
    Path files = files(-1, FILES / 10);
    List<String> best = List.of();
    double shortest = Double.MAX_VALUE;
    for (List<String> settings : Rclone.FOR_MANY_FILES) {
      String where = "bench/settings-" + settings.hashCode();
      double took = rclone.copy(Rclone.local(files), rclone.remote(where), settings);
      System.out.printf("rclone copy of 10,000 with %s: %.1f s%n", settings, took);
      if (took < shortest) {
        shortest = took;
        best = settings;
      }
    }
    forget(stack, "bench");
    Directories.delete(files);
    return best;
  }

  private record Round(double push, double again, double rehashed, double tar) {
    void write(Results results, int round) throws IOException {
      results.round("moraine push", round, push, rate(push));
      results.round("one PUT of the tar", round, tar, rate(tar));
      results.round("push again", round, again, Map.of("files", FILES));
      results.round("push again --rehash", round, rehashed, Map.of("files", FILES));
    }
  }

  private static Round round(RunningStack stack, Path files, int round) throws Exception {
    String dataset = "push-small-" + System.nanoTime();
    double push = Commands.time(stack, "push", files.toString(), dataset, "-m", "all");
    double again = Commands.time(stack, "push", files.toString(), dataset, "-m", "again");
    double rehashed =
        Commands.time(stack, "push", files.toString(), dataset, "-m", "again", "--rehash");
    Commands.time(stack, "verify", dataset);
    double tar = tar(stack, files, round);
    stack.rest().delete("/datasets/" + dataset).ok();
    return new Round(push, again, rehashed, tar);
  }

  private static Path files(long seed, int files) throws Exception {
    Path parent = Files.createDirectories(Path.of("target"));
    Path directory = Directories.ofSmallFiles(parent, seed, files, SIZE_BYTES);
    TimeUnit.SECONDS.sleep(SETTLED_SECONDS);
    return directory;
  }

  /** Removes what the peer stored, behind the S3 server's back: its own deletion takes minutes. */
  private static void forget(RunningStack stack, String prefix) throws IOException {
    Directories.deleteFound(stack.home().resolve("s3"), prefix);
  }

  private static double tar(RunningStack stack, Path files, int round) throws Exception {
    Path tar = files.resolveSibling(files.getFileName() + ".tar");
    int exit =
        new ProcessBuilder("tar", "cf", tar.toString(), "-C", files.toString(), ".")
            .inheritIO()
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IOException("tar ended with " + exit);
    }
    try (Bucket bucket = new Bucket(stack.settings())) {
      return new Uploads(1)
          .put(
              List.of(
                  new Uploads.Upload(
                      bucket.put("bench/push-small-" + round + ".tar"),
                      null,
                      BodyPublishers.ofFile(tar))));
    } finally {
      Files.delete(tar);
    }
  }

  private static Map<String, Object> rate(double seconds) {
    return Map.of("files", FILES, "files/s", Math.round(FILES / seconds));
  }

  private static Map<String, Object> with(double seconds, List<String> settings) {
    return Map.of(
        "files",
        FILES,
        "files/s",
        Math.round(FILES / seconds),
        "settings",
        String.join(" ", settings));
  }
}
