package io.moraine.cli.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * How much lies in the stack's own S3 server, as its directory on this machine tells: what was
 * really stored, whatever was sent.
 */
record Bucket(long objects, long bytes) {
  static Bucket measure(Path home) throws IOException {
    Count count = new Count();
    Files.walkFileTree(home.resolve("s3"), count);
    return new Bucket(count.objects, count.bytes);
  }

  Bucket minus(Bucket before) {
    return new Bucket(objects - before.objects, bytes - before.bytes);
  }

  private static final class Count extends SimpleFileVisitor<Path> {
    private long objects;
    private long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      objects++;
      bytes += attributes.size();
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      return FileVisitResult.CONTINUE; // An upload under way that has just been finished.
    }
  }
}
