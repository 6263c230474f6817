package io.moraine.benchmarks;

import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.BucketAccess.Bounds;
import io.moraine.content.store.BucketAccess.UrlStyle;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.standalone.home.Settings;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The limit of whatever has to look at every byte of the bucket: reading and hashing it once.
 *
 * @param bytes that were read
 * @param seconds that it took
 */
record ReadBucket(long bytes, double seconds) {
  /** Objects at once, as {@code moraine.rebuild.parallel}. */
  private static final int PARALLEL = 3;

  private static final int BUFFER_BYTES = 1 << 20;

  /** Every object listed and got from the S3 server, by the client that the service has too. */
  static ReadBucket throughS3(RunningStack stack) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(PARALLEL);
    try (ObjectStore bucket = new ObjectStore(access(stack.settings()))) {
      long start = System.nanoTime();
      List<Future<Long>> reading = new ArrayList<>();
      Iterator<Listed> objects = bucket.list("");
      while (objects.hasNext()) {
        Listed object = objects.next();
        reading.add(threads.submit(() -> readAndHash(bucket, object)));
      }
      long bytes = 0;
      for (Future<Long> read : reading) {
        bytes += read.get();
      }
      return new ReadBucket(bytes, seconds(start));
    } finally {
      threads.shutdownNow();
    }
  }

  private static long readAndHash(ObjectStore bucket, Listed object) {
    byte[] bytes = bucket.read(object.key(), 0, (int) object.sizeBytes());
    Sha256.of(bytes);
    return bytes.length;
  }

  private static BucketAccess access(Settings settings) {
    return new BucketAccess(
        URI.create(settings.get("MORAINE_S3_ENDPOINT")),
        settings.get("MORAINE_S3_REGION"),
        settings.get("MORAINE_S3_BUCKET"),
        "",
        UrlStyle.PATH,
        true,
        settings.get("MORAINE_S3_ACCESS_KEY"),
        settings.get("MORAINE_S3_SECRET_KEY"),
        Bounds.USUAL);
  }

  /** Its files read by one thread, without the S3 server in between. */
  static ReadBucket fromDisk(RunningStack stack) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    byte[] buffer = new byte[BUFFER_BYTES];
    long[] bytes = {0};
    long start = System.nanoTime();
    Files.walkFileTree(
        stack.home().resolve("s3"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
              int read;
              while ((read = in.read(buffer)) >= 0) {
                digest.update(buffer, 0, read);
                bytes[0] += read;
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return new ReadBucket(bytes[0], seconds(start));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
