package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The database is lost and made right again from the bucket: 1,000,000 files in 10 versions, of
 * which each changed 100. Aim: at most twice the time of reading and hashing the bucket once. Loses
 * the database of the stack it runs in, so it comes last.
 */
record Rebuild() implements Benchmark {
  private static final int VERSIONS = 10;

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    MillionFiles files = new MillionFiles(stack, "rebuild", 1);
    try (Paused cache = new Paused(stack, "cache-service")) {
      MillionFiles.Prepared prepared = files.prepare();
      files.stage(prepared);
      files.commit(prepared.draft());
      for (int version = 1; version < VERSIONS; version++) {
        files.commit(files.changed());
      }
    }
    stack.moraine("down");
    Directories.delete(stack.home().resolve("postgres"));
    stack.up();
    AtomicLong bytes = new AtomicLong();
    double read = readAndHash(stack.home().resolve("s3"), bytes);
    results.round("reading and hashing", 1, read, Map.of("bytes", bytes.get()));
    double rebuild = Commands.time(stack, "rebuild");
    results.round("moraine rebuild", 1, rebuild, Map.of("bytes", bytes.get()));
    int versions =
        stack
            .rest()
            .get("/datasets/" + files.dataset() + "/versions?filter%5Blimit%5D=100")
            .ok()
            .json()
            .size();
    if (versions != VERSIONS) {
      throw new IllegalStateException("There are " + versions + " versions again.");
    }
    results.compare("moraine rebuild", "reading and hashing");
  }

  /** By one thread, without the S3 server in between. */
  private static double readAndHash(Path bucket, AtomicLong bytes) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[1 << 20];
    long start = System.nanoTime();
    Files.walkFileTree(
        bucket,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
              int read;
              while ((read = in.read(buffer)) >= 0) {
                sha256.update(buffer, 0, read);
                bytes.addAndGet(read);
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return (System.nanoTime() - start) / 1e9;
  }
}
