package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.nio.file.Files;
import java.util.Map;

/**
 * The database is lost and made right again from the bucket: 1,000,000 files in 10 versions, of
 * which each changed 100. Each round loses it anew, and measures beside the rebuild what it cannot
 * do without:
 *
 * <ul>
 *   <li>reading and hashing the bucket once through the S3 server, with the service's own client
 *       and as many objects at once. This is what the aim, at most twice that time, is held
 *       against: a service has its bucket at the other end of S3
 *   <li>reading and hashing the same files from the disk's cache by one thread, to see what S3
 *       costs
 *   <li>COPY of as many rows as the rebuild records, into a table without any index but its primary
 *       key. Where contents are very small this is the larger limit by far
 * </ul>
 *
 * <p>Both sides begin with a service, or a client, that has just started. Nothing fills a cache
 * meanwhile. Loses the database of the stack it runs in, so it comes last.
 */
record Rebuild(int rounds, int sizeBytes) implements Benchmark {
  private static final int VERSIONS = 10;
  private static final String REBUILD = "moraine rebuild";
  private static final String THROUGH_S3 = "reading and hashing through S3";
  private static final String FROM_DISK = "reading and hashing files";
  private static final String COPY = "COPY of as many rows";

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    MillionFiles files = new MillionFiles(stack, "rebuild", 1, sizeBytes);
    try (Paused cache = new Paused(stack, "cache-service")) {
      MillionFiles.Prepared prepared = files.prepare();
      files.stage(prepared);
      files.commit(prepared.draft());
      Files.delete(prepared.manifest());
      for (int version = 1; version < VERSIONS; version++) {
        files.commit(files.changed());
      }
    }
    for (int round = 1; round <= rounds; round++) {
      stack.moraine("down");
      Directories.delete(stack.home().resolve("postgres"));
      stack.up();
      try (Paused cache = new Paused(stack, "cache-service")) {
        measure(stack, results, round);
      }
      requireAll(stack, files.dataset());
    }
    for (String limit : new String[] {THROUGH_S3, FROM_DISK, COPY}) {
      results.compare(REBUILD, limit);
    }
  }

  private static void measure(RunningStack stack, Results results, int round) throws Exception {
    ReadBucket throughS3 = ReadBucket.throughS3(stack);
    results.round(THROUGH_S3, round, throughS3.seconds(), Map.of("bytes", throughS3.bytes()));
    ReadBucket fromDisk = ReadBucket.fromDisk(stack);
    results.round(FROM_DISK, round, fromDisk.seconds(), Map.of("bytes", fromDisk.bytes()));
    double rebuild = Commands.time(stack, "rebuild");
    long rows = contents(stack);
    results.round(REBUILD, round, rebuild, Map.of("bytes", throughS3.bytes(), "rows", rows));
    results.round(COPY, round, PlainRows.copy(stack, rows), Map.of("rows", rows));
  }

  private static long contents(RunningStack stack) throws Exception {
    try (Counts counts = new Counts(stack)) {
      return counts.contents();
    }
  }

  private static void requireAll(RunningStack stack, String dataset) {
    String page = "/datasets/" + dataset + "/versions?filter%5Blimit%5D=100";
    int versions = stack.rest().get(page).ok().json().size();
    if (versions != VERSIONS) {
      throw new IllegalStateException("There are " + versions + " versions again.");
    }
  }
}
