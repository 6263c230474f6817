package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * One file of 4 GiB pushed and pulled, beside rclone doing both. Aim: at least 0.9 of its speed.
 */
record PushLarge(int rounds) implements Benchmark {
  private static final long SIZE_BYTES = 4L << 30;

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    Path parent = Files.createDirectories(Path.of("target"));
    Rclone rclone = new Rclone(stack.settings());
    for (int round = 1; round <= rounds; round++) {
      Path files = Directories.ofOneFile(parent, round, SIZE_BYTES);
      Path pulled = Files.createTempDirectory(parent, "pulled-").toAbsolutePath();
      String dataset = "push-large-" + System.nanoTime();
      String remote = rclone.remote("bench/push-large-" + round);
      int transfers = Rclone.TRANSFERS.get(round % Rclone.TRANSFERS.size());
      double push = Commands.time(stack, "push", files.toString(), dataset, "-m", "all");
      double peerPush = rclone.copy(Rclone.local(files), remote, transfers);
      double pull = Commands.time(stack, "pull", dataset, pulled.resolve("ours").toString());
      double peerPull = rclone.copy(remote, Rclone.local(pulled.resolve("peer")), transfers);
      long wrong =
          Files.mismatch(files.resolve("large.bin"), pulled.resolve("ours").resolve("large.bin"));
      if (wrong >= 0) {
        throw new IllegalStateException("pulled bytes differ from byte " + wrong);
      }
      results.round("moraine push of 4 GiB", round, push, rate(push));
      results.round("rclone copy up", round, peerPush, rate(peerPush));
      results.round("moraine pull of 4 GiB", round, pull, rate(pull));
      results.round("rclone copy down", round, peerPull, rate(peerPull));
      Directories.delete(files);
      Directories.delete(pulled);
    }
  }

  private static Map<String, Object> rate(double seconds) {
    return Map.of("bytes", SIZE_BYTES, "MiB/s", Math.round((SIZE_BYTES >> 20) / seconds));
  }
}
