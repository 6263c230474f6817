package io.moraine.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Directories of incompressible files, other ones for each seed. */
final class Directories {
  private static final int BLOCK_BYTES = 1 << 20;

  private Directories() {}

  /** {@code files} files of {@code sizeBytes} in 100 directories. */
  static Path ofSmallFiles(Path parent, long seed, int files, int sizeBytes) throws IOException {
    Path directory = Files.createTempDirectory(parent, "files-").toAbsolutePath();
    Random random = new Random(seed);
    byte[] bytes = new byte[sizeBytes];
    for (int i = 0; i < files; i++) {
      if (i < 100) {
        Files.createDirectory(directory.resolve("d%02d".formatted(i)));
      }
      random.nextBytes(bytes);
      Files.write(directory.resolve("d%02d/f%06d".formatted(i % 100, i)), bytes);
    }
    return directory;
  }

  /** One file. */
  static Path ofOneFile(Path parent, long seed, long sizeBytes) throws IOException {
    Path directory = Files.createTempDirectory(parent, "file-").toAbsolutePath();
    byte[] block = new byte[BLOCK_BYTES];
    Random random = new Random(seed);
    try (var out = Files.newOutputStream(directory.resolve("large.bin"))) {
      for (long written = 0; written < sizeBytes; written += BLOCK_BYTES) {
        random.nextBytes(block);
        out.write(block);
      }
    }
    return directory;
  }

  /** Deletes every directory called {@code name} below {@code root}. */
  static void deleteFound(Path root, String name) throws IOException {
    List<Path> found;
    try (Stream<Path> paths = Files.walk(root, 3)) {
      found = paths.filter(path -> path.endsWith(name)).toList();
    }
    for (Path path : found) {
      delete(path);
    }
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }
}
