package io.moraine.dataset;

import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The S3 server's own files: what a disk may do to them. */
public final class StoredObjects {
  private StoredObjects() {}

  /** Flips a bit of a blob behind the S3 server's back. */
  public static void damage(String team, Sha256 blob, long position) throws IOException {
    Path object = find(team + "/blobs", blob.hex()).get(0);
    try (RandomAccessFile file = new RandomAccessFile(object.toFile(), "rw")) {
      file.seek(position);
      int old = file.read();
      file.seek(position);
      file.write(old ^ 1);
    }
  }

  /** The files whose path has {@code part} and whose name has {@code name}. */
  public static List<Path> find(String part, String name) throws IOException {
    Path home = Path.of(EmbeddedStack.variables().get("MORAINE_HOME"));
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(f -> f.toString().contains(part) && f.getFileName().toString().contains(name))
          .filter(Files::isRegularFile)
          .toList();
    }
  }
}
