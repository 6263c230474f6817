package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One file of 1 GiB through REST, beside one PUT of it to the S3 server. Aim: at least 0.8 of its
 * speed.
 */
record PutLarge(int rounds) implements Benchmark {
  private static final long SIZE_BYTES = 1L << 30;
  private static final int BLOCK_BYTES = 1 << 20;

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    Path file = Files.createTempFile(Path.of("target"), "large", ".bin");
    String dataset = Draft.dataset(stack.rest(), "put-large");
    try (Bucket bucket = new Bucket(stack.settings())) {
      for (int round = 0; round <= rounds; round++) {
        fill(file, round);
        BodyPublisher body = BodyPublishers.ofFile(file);
        Draft draft = Draft.in(stack, dataset);
        double ours = new Uploads(1).put(List.of(draft.upload("large.bin", body)));
        double peer =
            new Uploads(1)
                .put(List.of(new Uploads.Upload(bucket.put("bench/large-" + round), null, body)));
        if (round > 0) {
          results.round("REST put of 1 GiB", round, ours, rate(ours));
          results.round("one S3 PUT of 1 GiB", round, peer, rate(peer));
        }
      }
      results.compare("REST put of 1 GiB", "one S3 PUT of 1 GiB");
    } finally {
      Files.delete(file);
    }
  }

  private static Map<String, Object> rate(double seconds) {
    return Map.of("bytes", SIZE_BYTES, "MiB/s", Math.round((SIZE_BYTES >> 20) / seconds));
  }

  /** Other bytes each round: equal contents would not travel. */
  private static void fill(Path file, long seed) throws Exception {
    byte[] block = new byte[BLOCK_BYTES];
    Random random = new Random(seed);
    try (var out = Files.newOutputStream(file)) {
      for (long written = 0; written < SIZE_BYTES; written += BLOCK_BYTES) {
        random.nextBytes(block);
        out.write(block);
      }
    }
  }
}
