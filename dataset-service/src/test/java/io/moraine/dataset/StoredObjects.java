package io.moraine.dataset;

import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

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
    Path bucket = Path.of(EmbeddedStack.variables().get("MORAINE_HOME"), "s3");
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        bucket,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().contains(part) && file.getFileName().toString().contains(name)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          /** An upload that ended, or a deletion, in the middle of the walk. */
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
