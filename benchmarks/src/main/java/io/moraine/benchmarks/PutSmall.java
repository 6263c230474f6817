package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** 5,000 files of 4 KiB through REST on 8 connections, beside 5,000 such PUTs to the S3 server. */
record PutSmall(int rounds) implements Benchmark {
  private static final int FILES = 5_000;
  private static final int SIZE_BYTES = 4096;
  private static final int CONNECTIONS = 8;

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    String dataset = Draft.dataset(stack.rest(), "put-small");
    try (Bucket bucket = new Bucket(stack.settings())) {
      for (int round = 0; round <= rounds; round++) {
        List<byte[]> files = files(round);
        Draft draft = Draft.in(stack, dataset);
        List<Uploads.Upload> ours = new ArrayList<>();
        List<Uploads.Upload> peers = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
          String path = "d%02d/f%04d".formatted(i % 100, i);
          ours.add(draft.upload(path, BodyPublishers.ofByteArray(files.get(i))));
          peers.add(
              new Uploads.Upload(
                  bucket.put("bench/small-" + round + "/" + path),
                  null,
                  BodyPublishers.ofByteArray(files.get(i))));
        }
        double our = new Uploads(CONNECTIONS).put(ours);
        double peer = new Uploads(CONNECTIONS).put(peers);
        if (round > 0) {
          results.round("5,000 REST puts of 4 KiB", round, our, rate(our));
          results.round("5,000 S3 PUTs of 4 KiB", round, peer, rate(peer));
        }
      }
      results.compare("5,000 REST puts of 4 KiB", "5,000 S3 PUTs of 4 KiB");
    }
  }

  private static Map<String, Object> rate(double seconds) {
    return Map.of("files", FILES, "files/s", Math.round(FILES / seconds));
  }

  private static List<byte[]> files(long seed) {
    Random random = new Random(seed);
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      byte[] file = new byte[SIZE_BYTES];
      random.nextBytes(file);
      files.add(file);
    }
    return files;
  }
}
