package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * 100,000 files of 4 KiB: {@code moraine push}, beside rclone (aim: 10 times its files a second)
 * and one PUT of their tar (aim: at most 3 times its time); then the push again with nothing
 * changed (aim: under 1.5 s), and again with every file read (under 3 s).
 */
record PushSmall(int rounds) implements Benchmark {
  private static final int FILES = 100_000;
  private static final int SIZE_BYTES = 4096;

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    Path parent = Files.createDirectories(Path.of("target"));
    Rclone rclone = new Rclone(stack.settings());
    for (int round = 0; round <= rounds; round++) {
      Path files = Directories.ofSmallFiles(parent, round, FILES, SIZE_BYTES);
      String dataset = "push-small-" + System.nanoTime();
      double push = Commands.time(stack, "push", files.toString(), dataset, "-m", "all");
      double again = Commands.time(stack, "push", files.toString(), dataset, "-m", "again");
      double rehashed =
          Commands.time(stack, "push", files.toString(), dataset, "-m", "again", "--rehash");
      int transfers = Rclone.TRANSFERS.get(round % Rclone.TRANSFERS.size());
      double peer =
          rclone.copy(Rclone.local(files), rclone.remote("bench/push-small-" + round), transfers);
      double tar = tar(stack, files, round);
      if (round > 0) {
        results.round("moraine push", round, push, rate(push));
        results.round("rclone copy", round, peer, with(rate(peer), "transfers", transfers));
        results.round("one PUT of the tar", round, tar, rate(tar));
        results.round("push again", round, again, Map.of("files", FILES));
        results.round("push again --rehash", round, rehashed, Map.of("files", FILES));
      }
      Directories.delete(files);
    }
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

  private static Map<String, Object> with(Map<String, Object> figures, String name, Object value) {
    Map<String, Object> more = new java.util.HashMap<>(figures);
    more.put(name, value);
    return more;
  }
}
