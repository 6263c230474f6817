package io.moraine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackWriter;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * A version of 1,000,000 files in 1,000 directories: its manifest imported and committed (aim:
 * under 30 s), 100 files changed and committed (warm p50 under 150 ms, p99 under 500 ms, at most
 * 370 rows and 4 objects), such versions compared (under 100 ms), and listed from anywhere (p99
 * under 20 ms) or by directories (under 75 ms).
 */
record Million(int rounds, int commits) implements Benchmark {
  private static final int FILES = 1_000_000;
  private static final int DIRECTORIES = 1_000;
  private static final int CONTENTS = 1_000;
  private static final int CHANGED = 100;
  private static final int SIZE_BYTES = 4096;
  private static final int WARM_UP = 20;
  private static final int REQUESTS = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public void measure(RunningStack stack, Results results) throws Exception {
    Work work = new Work(stack);
    for (int round = 1; round <= rounds; round++) {
      work.importAll(results, round);
    }
    List<String> versions = work.changes(results, commits);
    work.differences(results, versions);
    work.listings(results, versions.get(versions.size() - 1));
  }

  private static String path(int file) {
    return "train/n%03d/img_%08d.jpg".formatted(file % DIRECTORIES, file);
  }

  /** The calls, and the dataset they are about. */
  private static final class Work {
    private final RunningStack stack;
    private final Rest rest;
    private final String key;
    private final String url;
    private final String dataset;
    private final HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Random random = new Random(1);
    private String latest;

    Work(RunningStack stack) throws IOException {
      this.stack = stack;
      this.rest = stack.rest();
      this.key = Files.readString(stack.home().resolve("admin.key")).strip();
      this.url = stack.settings().get("MORAINE_DATASET_URL");
      this.dataset = Draft.dataset(rest, "million");
    }

    void importAll(Results results, int round) throws Exception {
      String draft = draft("{}");
      List<ContentId> contents = bring(draft, CONTENTS);
      Path manifest = manifest(contents);
      long start = System.nanoTime();
      post(
          "/datasets/" + dataset + "/versions/" + draft + "/files",
          BodyPublishers.ofFile(manifest));
      double staged = (System.nanoTime() - start) / 1e9;
      commit(draft);
      double all = (System.nanoTime() - start) / 1e9;
      latest = draft;
      results.round(
          "import of a manifest",
          round,
          all,
          Map.of("files", FILES, "staged s", staged, "peak RSS MiB", peakMemory()));
      Files.delete(manifest);
    }

    private Path manifest(List<ContentId> contents) throws IOException {
      Path manifest = Files.createTempFile(Path.of("target"), "manifest", ".ndjson");
      try (BufferedWriter out = Files.newBufferedWriter(manifest)) {
        for (int i = 0; i < FILES; i++) {
          out.write(entry(path(i), contents.get(random.nextInt(contents.size()))));
        }
      }
      return manifest;
    }

    /** Ids of the committed versions, each with 100 files other than the one before. */
    List<String> changes(Results results, int commits) throws Exception {
      Histogram time = new Histogram(3);
      long rows;
      long objects;
      List<String> versions = new ArrayList<>(List.of(latest));
      try (Counts counts = new Counts(stack)) {
        rows = -counts.rows();
        objects = -counts.objects();
        for (int i = -WARM_UP; i < commits; i++) {
          String draft = draft("{\"base\":\"latest\"}");
          List<ContentId> contents = bring(draft, CHANGED);
          StringBuilder entries = new StringBuilder();
          int next = 0;
          for (int file : sample()) {
            entries.append(entry(path(file), contents.get(next++)));
          }
          post(
              "/datasets/" + dataset + "/versions/" + draft + "/files",
              BodyPublishers.ofString(entries.toString()));
          long start = System.nanoTime();
          commit(draft);
          long took = (System.nanoTime() - start) / 1_000_000;
          versions.add(draft);
          if (i >= 0) {
            time.recordValue(took);
          }
        }
        rows += counts.rows();
        objects += counts.objects();
      }
      Map<String, Object> figures = figures(time);
      figures.put("rows each", rows / (WARM_UP + commits));
      figures.put("objects each", (double) objects / (WARM_UP + commits));
      results.round("commit of 100 changes", 1, time.getValueAtPercentile(50) / 1e3, figures);
      return versions;
    }

    private Iterable<Integer> sample() {
      TreeSet<Integer> files = new TreeSet<>();
      while (files.size() < CHANGED) {
        files.add(random.nextInt(FILES));
      }
      return files;
    }

    void differences(Results results, List<String> versions) throws Exception {
      Histogram time = new Histogram(3);
      for (int i = -WARM_UP; i < REQUESTS / 10; i++) {
        int from = random.nextInt(versions.size() - 1);
        String range = versions.get(from) + "..." + versions.get(from + 1);
        long start = System.nanoTime();
        int changed =
            rest.get("/datasets/" + dataset + "/diff/" + range).ok().json().get("items").size();
        long took = (System.nanoTime() - start) / 1_000_000;
        if (changed != CHANGED) {
          throw new IllegalStateException(range + " differ in " + changed + " files");
        }
        if (i >= 0) {
          time.recordValue(took);
        }
      }
      results.round("diff", 1, time.getValueAtPercentile(50) / 1e3, figures(time));
    }

    void listings(Results results, String version) throws Exception {
      String files = "/datasets/" + dataset + "/versions/" + version + "/files?";
      Histogram page = new Histogram(3);
      Histogram directories = new Histogram(3);
      for (int i = -WARM_UP; i < REQUESTS; i++) {
        String path = path(random.nextInt(FILES));
        String prefix = path.substring(0, path.length() - 6);
        long took = timeOf(files + "limit=100&prefix=" + prefix);
        if (i >= 0) {
          page.recordValue(took);
        }
      }
      for (int i = -WARM_UP; i < REQUESTS / 10; i++) {
        long took = timeOf(files + "delimiter=/&prefix=train/");
        if (i >= 0) {
          directories.recordValue(took);
        }
      }
      results.round("page from anywhere", 1, page.getValueAtPercentile(50) / 1e3, figures(page));
      results.round(
          "page of 1,000 directories",
          1,
          directories.getValueAtPercentile(50) / 1e3,
          figures(directories));
    }

    private long timeOf(String path) {
      long start = System.nanoTime();
      rest.get(path).ok();
      return (System.nanoTime() - start) / 1_000_000;
    }

    /** Brings new contents to the bucket in one pack, as a client of the direct path does. */
    private List<ContentId> bring(String draft, int count) throws Exception {
      PackWriter writer = new PackWriter();
      List<ContentId> contents = new ArrayList<>();
      byte[] bytes = new byte[SIZE_BYTES];
      for (int i = 0; i < count; i++) {
        random.nextBytes(bytes);
        contents.add(writer.add(ContentKind.BLOB, bytes));
      }
      Pack pack = writer.finish();
      String version = "/datasets/" + dataset + "/versions/" + draft;
      String objects =
          "{\"objects\":[{\"type\":\"pack\",\"sha256\":\"%s\",\"sizeBytes\":%d}]}"
              .formatted(pack.sha256().hex(), pack.bytes().length);
      JsonNode upload = rest.post(version + "/uploads", objects).ok().json().get("uploads").get(0);
      HttpRequest.Builder put =
          HttpRequest.newBuilder(URI.create(upload.get("url").textValue()))
              .PUT(BodyPublishers.ofByteArray(pack.bytes()));
      upload
          .get("headers")
          .fields()
          .forEachRemaining(
              header -> {
                if (!header.getKey().equalsIgnoreCase("content-length")) {
                  put.header(header.getKey(), header.getValue().textValue());
                }
              });
      send(put.build());
      rest.post(version + "/uploads:done", objects).ok();
      return contents;
    }

    private static String entry(String path, ContentId content) {
      return "{\"path\":\"%s\",\"sizeBytes\":%d,\"content\":\"%s\"}\n"
          .formatted(path, SIZE_BYTES, content);
    }

    private String draft(String body) {
      return rest.post("/datasets/" + dataset + "/versions", body)
          .ok()
          .json()
          .get("version")
          .textValue();
    }

    private void commit(String draft) {
      JsonNode committed =
          rest.post("/datasets/" + dataset + "/versions/" + draft, "{\"isCommitted\":true}")
              .ok()
              .json();
      while (!committed.get("isCommitted").booleanValue()) {
        committed = rest.get("/datasets/" + dataset + "/versions/" + draft).ok().json();
      }
    }

    private JsonNode post(String path, BodyPublisher lines) throws Exception {
      return JSON.readTree(
          send(
              HttpRequest.newBuilder(URI.create(url + path))
                  .header("X-API-Key", key)
                  .header("Content-Type", "application/x-ndjson")
                  .POST(lines)
                  .build()));
    }

    private String send(HttpRequest request) throws Exception {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new IOException(
            answer.statusCode() + " from " + request.uri() + ": " + answer.body());
      }
      return answer.body();
    }

    private long peakMemory() throws IOException {
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

    private static Map<String, Object> figures(Histogram time) {
      return new java.util.TreeMap<>(
          Map.of(
              "samples", time.getTotalCount(),
              "p50 ms", time.getValueAtPercentile(50),
              "p99 ms", time.getValueAtPercentile(99),
              "max ms", time.getMaxValue()));
    }
  }
}
