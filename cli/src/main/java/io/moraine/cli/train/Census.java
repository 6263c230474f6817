package io.moraine.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Counts files, bytes and the values of bytes, per kind of file. */
final class Census {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int BUFFER_BYTES = 64 * 1024;

  /**
   * What was counted.
   *
   * @param bitsPerByte the entropy of the bytes' values: 8 cannot be compressed by them alone
   */
  record Counted(long files, long bytes, double bitsPerByte, Map<String, Kind> kinds) {
    String describe() {
      return String.format(
          Locale.ROOT,
          "census of %,d files of %d kinds: %,d bytes, %.2f bits of entropy in each",
          files,
          kinds.size(),
          bytes,
          bitsPerByte);
    }
  }

  /** Files with one ending. */
  record Kind(long files, long bytes) {
    Kind plus(long size) {
      return new Kind(files + 1, bytes + size);
    }
  }

  private Census() {}

  /** Lists each file and its entropy in {@code list}, writes the whole to {@code model}. */
  static Counted take(Path root, Path list, Path model) throws IOException {
    Map<String, Kind> kinds = new TreeMap<>();
    long[] histogram = new long[256];
    try (Stream<Path> walk = Files.walk(root);
        Writer lines = Files.newBufferedWriter(list)) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile).sorted()::iterator) {
        long[] values = count(file);
        long size = 0;
        for (int i = 0; i < values.length; i++) {
          histogram[i] += values[i];
          size += values[i];
        }
        lines.write(
            String.format(
                Locale.ROOT, "%s\t%d\t%.3f\n", root.relativize(file), size, entropy(values)));
        kinds.put(ending(file), kinds.getOrDefault(ending(file), new Kind(0, 0)).plus(size));
      }
    }
    Counted counted =
        new Counted(
            kinds.values().stream().mapToLong(Kind::files).sum(),
            kinds.values().stream().mapToLong(Kind::bytes).sum(),
            entropy(histogram),
            kinds);
    JSON.writeValue(model.resolve("census.json").toFile(), counted);
    Files.copy(list, model.resolve("files.tsv"));
    return counted;
  }

  private static long[] count(Path file) throws IOException {
    long[] values = new long[256];
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (int i = 0; i < n; i++) {
          values[buffer[i] & 0xff]++;
        }
      }
    }
    return values;
  }

  private static double entropy(long[] histogram) {
    double total = 0;
    for (long count : histogram) {
      total += count;
    }
    double bits = 0;
    for (long count : histogram) {
      if (count > 0) {
        bits -= count / total * Math.log(count / total) / Math.log(2);
      }
    }
    return bits;
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? "none" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }
}
