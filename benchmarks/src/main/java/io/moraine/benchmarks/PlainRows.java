package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * The limit of whatever records contents: COPY of as many random digests with a place each into a
 * table that has nothing but its primary key.
 */
final class PlainRows {
  private PlainRows() {}

  /** Copies them; returns the seconds. */
  static double copy(RunningStack stack, long count) throws Exception {
    try (Counts counts = new Counts(stack)) {
      long start = System.nanoTime();
      counts.copy(
          "CREATE TEMP TABLE place (digest bytea PRIMARY KEY, object text, at bigint)",
          "COPY place FROM STDIN",
          rows(count));
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static InputStream rows(long count) throws IOException {
    PipedInputStream read = new PipedInputStream(1 << 20);
    PipedOutputStream write = new PipedOutputStream(read);
    Thread writer =
        new Thread(
            () -> {
              Random random = new Random();
              try (write) {
                for (long i = 0; i < count; i++) {
                  String digest =
                      "%016x%016x%016x%016x"
                          .formatted(
                              random.nextLong(),
                              random.nextLong(),
                              random.nextLong(),
                              random.nextLong());
                  write.write(
                      ("\\\\x" + digest + "\ta/pack\t" + i + "\n")
                          .getBytes(StandardCharsets.US_ASCII));
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "rows");
    writer.setDaemon(true);
    writer.start();
    return read;
  }
}
