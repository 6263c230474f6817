package io.moraine.system;

import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Files of bytes that nothing else has, and what is in a directory. */
final class RandomFiles {
  private RandomFiles() {}

  /** The file at {@code path} in {@code directory}, with the directories above it. */
  static Path write(Path directory, String path, int sizeBytes) throws IOException {
    byte[] bytes = new byte[sizeBytes];
    ThreadLocalRandom.current().nextBytes(bytes);
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  /** The SHA-256 of every file below {@code directory}, by its path in it. */
  static Map<String, Sha256> contents(Path directory) throws IOException {
    Map<String, Sha256> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        contents.put(directory.relativize(file).toString(), Sha256.of(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}
