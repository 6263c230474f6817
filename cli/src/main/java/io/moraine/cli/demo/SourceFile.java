package io.moraine.cli.demo;

import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A file to be put.
 *
 * @param path its place in the version
 * @param file where its bytes are
 * @param sha256 of its bytes
 */
record SourceFile(FilePath path, Path file, long sizeBytes, Sha256 sha256) {
  private static final int BUFFER_BYTES = 64 * 1024;

  static SourceFile of(FilePath path, Path file) throws IOException {
    return new SourceFile(path, file, Files.size(file), hash(file));
  }

  static Sha256 hash(Path file) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return Sha256.finish(digest);
  }
}
