package io.moraine.benchmarks;

import io.moraine.events.Topic;
import io.moraine.events.cache.VersionCached;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * From the commit's answer to the arrival of {@code VersionCached}, for versions of 100 new files
 * of 4 to 100 KiB. Aim: p99 under 500 ms. The limit beside it: one acknowledged Kafka record and
 * 100 such files written and synced.
 */
record CommitToCached(int warmUp, int commits) implements Benchmark {
  private static final int FILES = 100;
  private static final int SMALLEST_BYTES = 4 << 10;
  private static final int LARGEST_BYTES = 100 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    String dataset = Draft.dataset(stack.rest(), "commit-to-cached");
    Histogram ours = new Histogram(3);
    Histogram limit = new Histogram(3);
    Path scratch = Files.createTempDirectory(Path.of("target"), "limit-");
    try (EventLog log = new EventLog(stack.settings());
        KafkaProducer<String, byte[]> kafka = producer(stack)) {
      for (int commit = -warmUp; commit < commits; commit++) {
        List<byte[]> files = files(commit);
        Draft draft = Draft.in(stack, dataset);
        List<Uploads.Upload> uploads = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
          uploads.add(draft.upload("f" + i, BodyPublishers.ofByteArray(files.get(i))));
        }
        new Uploads(8).put(uploads);
        draft.commit();
        Instant answered = Instant.now();
        long cached = Duration.between(answered, awaitCached(log, draft.version())).toMillis();
        long written = limit(kafka, scratch.resolve("c" + commit), files);
        if (commit >= 0) {
          ours.recordValue(Math.max(0, cached));
          limit.recordValue(written);
        }
      }
    }
    results.round("commit to VersionCached", 1, ours.getValueAtPercentile(50) / 1e3, figures(ours));
    results.round(
        "Kafka and 100 synced files", 1, limit.getValueAtPercentile(50) / 1e3, figures(limit));
  }

  private static Instant awaitCached(EventLog log, String version) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<Instant> heard =
          log.lastOf(VersionCached.class, e -> e.version().text().equals(version));
      if (heard.isPresent()) {
        return heard.get();
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    throw new IllegalStateException(version + " was not cached within " + PATIENCE);
  }

  private static long limit(KafkaProducer<String, byte[]> kafka, Path directory, List<byte[]> files)
      throws Exception {
    long start = System.nanoTime();
    kafka.send(new ProducerRecord<>(Topic.DEAD_LETTERS, "benchmark", new byte[200])).get();
    Files.createDirectory(directory);
    for (int i = 0; i < files.size(); i++) {
      write(directory.resolve("f" + i), files.get(i));
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(bytes));
      channel.force(true);
    }
  }

  private static KafkaProducer<String, byte[]> producer(RunningStack stack) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", stack.settings().get("MORAINE_KAFKA"), "acks", "all"),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static Map<String, Object> figures(Histogram histogram) {
    return Map.of(
        "samples", histogram.getTotalCount(),
        "p50 ms", histogram.getValueAtPercentile(50),
        "p99 ms", histogram.getValueAtPercentile(99),
        "max ms", histogram.getMaxValue());
  }

  private static List<byte[]> files(long seed) {
    Random random = new Random(seed);
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      byte[] file = new byte[random.nextInt(SMALLEST_BYTES, LARGEST_BYTES)];
      random.nextBytes(file);
      files.add(file);
    }
    return files;
  }
}
