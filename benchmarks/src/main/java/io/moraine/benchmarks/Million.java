package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * A version of 1,000,000 files: its manifest imported and committed (aim: under 30 s, heap of the
 * service under 512 MiB), beside COPY of as many digests and places into PostgreSQL; 100 files
 * changed and committed (warm p50 under 150 ms, p99 under 500 ms, at most 370 rows and 4 objects,
 * staging included); such versions compared (under 100 ms), and listed from anywhere (p99 under 20
 * ms) or by 1,000 directories (under 75 ms). Nothing fills a cache meanwhile.
 */
record Million(int rounds, int commits) implements Benchmark {
  private static final int WARM_UP = 200;
  private static final int REQUESTS = 1_000;

  /** Versions whose nodes, some 1 MB each, stay in memory together. */
  private static final int WARM = 20;

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    try (Paused cache = new Paused(stack, "cache-service")) {
      MillionFiles files = null;
      String latest = null;
      for (int round = 1; round <= rounds; round++) {
        files = new MillionFiles(stack, "million", round, MillionFiles.SMALL_BYTES);
        latest = importAll(stack, files, results, round);
        copy(stack, results, round);
      }
      results.compare("import of a manifest", "COPY of 1,000,000 rows");
      List<String> versions = changes(stack, files, results, latest);
      Work work = new Work(stack.rest(), files.dataset());
      work.differences(results, "diff, nodes of all versions", versions);
      List<String> last = versions.subList(Math.max(0, versions.size() - WARM), versions.size());
      work.differences(results, "diff, nodes warm", last);
      work.listings(results, versions.get(versions.size() - 1));
    }
  }

  private static String importAll(
      RunningStack stack, MillionFiles files, Results results, int round) throws Exception {
    MillionFiles.Prepared prepared = files.prepare();
    long start = System.nanoTime();
    files.stage(prepared);
    double staged = (System.nanoTime() - start) / 1e9;
    files.commit(prepared.draft());
    double all = (System.nanoTime() - start) / 1e9;
    Files.delete(prepared.manifest());
    results.round(
        "import of a manifest",
        round,
        all,
        Map.of("files", MillionFiles.FILES, "staged s", staged, "peak RSS MiB", peakMemory(stack)));
    return prepared.draft();
  }

  private static void copy(RunningStack stack, Results results, int round) throws Exception {
    results.round(
        "COPY of 1,000,000 rows",
        round,
        PlainRows.copy(stack, MillionFiles.FILES),
        Map.of("rows", MillionFiles.FILES));
  }

  /** Ids of the committed versions, each with 100 files other than the one before. */
  private List<String> changes(
      RunningStack stack, MillionFiles files, Results results, String latest) throws Exception {
    Histogram time = new Histogram(3);
    long rows = 0;
    long objects = 0;
    List<String> versions = new ArrayList<>(List.of(latest));
    try (Counts counts = new Counts(stack)) {
      for (int i = -Math.min(WARM_UP, commits); i < commits; i++) {
        if (i == 0) {
          rows = -counts.settledRows();
          objects = -counts.objects();
        }
        String draft = files.changed();
        long start = System.nanoTime();
        files.commit(draft);
        long took = (System.nanoTime() - start) / 1_000;
        versions.add(draft);
        if (i >= 0) {
          time.recordValue(took);
        }
      }
      rows += counts.settledRows();
      objects += counts.objects();
    }
    Map<String, Object> figures = figures(time);
    figures.put("rows each", rows / commits);
    figures.put("objects each", (double) objects / commits);
    results.round("commit of 100 changes", 1, time.getValueAtPercentile(50) / 1e6, figures);
    return versions;
  }

  private static long peakMemory(RunningStack stack) throws IOException {
    Path status = Path.of("/proc", "" + stack.process("dataset-service").pid(), "status");
    try (Stream<String> lines = Files.lines(status)) {
      return lines
              .filter(line -> line.startsWith("VmHWM"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElse(0)
          >> 10;
    }
  }

  /** Calls that only read. */
  private record Work(Rest rest, String dataset, Random random) {
    Work(Rest rest, String dataset) {
      this(rest, dataset, new Random(1));
    }

    void differences(Results results, String subject, List<String> versions) throws Exception {
      Histogram time = new Histogram(3);
      for (int i = -WARM_UP; i < REQUESTS; i++) {
        int from = random.nextInt(versions.size() - 1);
        String range = versions.get(from) + "..." + versions.get(from + 1);
        long start = System.nanoTime();
        int changed =
            rest.get("/datasets/" + dataset + "/diff/" + range).ok().json().get("items").size();
        long took = (System.nanoTime() - start) / 1_000;
        if (changed != MillionFiles.CHANGED) {
          throw new IllegalStateException(range + " differ in " + changed + " files");
        }
        if (i >= 0) {
          time.recordValue(took);
        }
      }
      results.round(subject, 1, time.getValueAtPercentile(50) / 1e6, figures(time));
    }

    void listings(Results results, String version) throws Exception {
      String files = "/datasets/" + dataset + "/versions/" + version + "/files?";
      Histogram page = new Histogram(3);
      for (int i = -WARM_UP; i < REQUESTS; i++) {
        String prefix = "train/n%03d/".formatted(random.nextInt(MillionFiles.DIRECTORIES));
        long took = timeOf(files + "limit=100&prefix=" + prefix, 100, "items");
        if (i >= 0) {
          page.recordValue(took);
        }
      }
      results.round("page of 100 from anywhere", 1, median(page), figures(page));
      Histogram directories = new Histogram(3);
      for (int i = -WARM_UP; i < REQUESTS; i++) {
        long took =
            timeOf(files + "delimiter=/&prefix=train/", MillionFiles.DIRECTORIES, "prefixes");
        if (i >= 0) {
          directories.recordValue(took);
        }
      }
      results.round("page of 1,000 directories", 1, median(directories), figures(directories));
    }

    private long timeOf(String path, int expected, String member) {
      long start = System.nanoTime();
      Rest.Answer answer = rest.get(path).ok();
      long took = (System.nanoTime() - start) / 1_000;
      int found = answer.json().get(member).size();
      if (found != expected) {
        throw new IllegalStateException(path + " lists " + found + " " + member);
      }
      return took;
    }
  }

  private static double median(Histogram micros) {
    return micros.getValueAtPercentile(50) / 1e6;
  }

  private static Map<String, Object> figures(Histogram micros) {
    return new TreeMap<>(
        Map.of(
            "samples", micros.getTotalCount(),
            "p50 ms", micros.getValueAtPercentile(50) / 1e3,
            "p99 ms", micros.getValueAtPercentile(99) / 1e3,
            "max ms", micros.getMaxValue() / 1e3));
  }
}
