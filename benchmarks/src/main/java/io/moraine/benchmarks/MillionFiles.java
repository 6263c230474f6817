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
import java.util.Random;
import java.util.TreeSet;

/**
 * A dataset whose versions have 1,000,000 files in 1,000 directories, each file with a content of
 * its own, made by the calls of the direct path. Not thread-safe.
 */
final class MillionFiles {
  static final int FILES = 1_000_000;
  static final int DIRECTORIES = 1_000;
  static final int CHANGED = 100;

  /** Small, so that what is measured is what files cost and not what bytes do. */
  static final int SMALL_BYTES = 64;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Rest rest;
  private final String key;
  private final String url;
  private final String dataset;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Random random;
  private final int sizeBytes;

  /** Of {@code sizeBytes} a file, at most 4 KiB. */
  MillionFiles(RunningStack stack, String name, long seed, int sizeBytes) throws IOException {
    this.rest = stack.rest();
    this.key = Files.readString(stack.home().resolve("admin.key")).strip();
    this.url = stack.settings().get("MORAINE_DATASET_URL");
    this.dataset = Draft.dataset(rest, name);
    this.random = new Random(seed);
    this.sizeBytes = sizeBytes;
  }

  String dataset() {
    return dataset;
  }

  static String path(int file) {
    return "train/n%03d/img_%08d.jpg".formatted(file % DIRECTORIES, file);
  }

  /**
   * A version that is not committed, and the manifest of all its files, whose contents are there.
   */
  record Prepared(String draft, Path manifest) {}

  /** Brings a million contents to the bucket. */
  Prepared prepare() throws Exception {
    String draft = draft("{}");
    Path manifest = Files.createTempFile(Path.of("target"), "manifest", ".ndjson");
    try (BufferedWriter out = Files.newBufferedWriter(manifest)) {
      int contentsAPack = PackWriter.holds(50_000, 50_000L * sizeBytes) ? 50_000 : 5_000;
      for (int first = 0; first < FILES; first += contentsAPack) {
        int file = first;
        for (ContentId content : bring(draft, contentsAPack)) {
          out.write(entry(path(file++), content));
        }
      }
    }
    return new Prepared(draft, manifest);
  }

  void stage(Prepared prepared) throws Exception {
    stage(prepared.draft(), BodyPublishers.ofFile(prepared.manifest()));
  }

  /** A draft that differs from the newest version in 100 files. */
  String changed() throws Exception {
    String draft = draft("{\"base\":\"latest\"}");
    List<ContentId> contents = bring(draft, CHANGED);
    TreeSet<Integer> files = new TreeSet<>();
    while (files.size() < CHANGED) {
      files.add(random.nextInt(FILES));
    }
    StringBuilder entries = new StringBuilder();
    int next = 0;
    for (int file : files) {
      entries.append(entry(path(file), contents.get(next++)));
    }
    stage(draft, BodyPublishers.ofString(entries.toString()));
    return draft;
  }

  void commit(String draft) {
    String version = "/datasets/" + dataset + "/versions/" + draft;
    JsonNode committed = rest.post(version, "{\"isCommitted\":true}").ok().json();
    while (!committed.get("isCommitted").booleanValue()) {
      committed = rest.get(version).ok().json();
    }
  }

  private void stage(String draft, BodyPublisher lines) throws Exception {
    send(
        HttpRequest.newBuilder(
                URI.create(url + "/datasets/" + dataset + "/versions/" + draft + "/files"))
            .header("X-API-Key", key)
            .header("Content-Type", "application/x-ndjson")
            .POST(lines)
            .build());
  }

  /** Brings new contents to the bucket in one pack, as a client of the direct path does. */
  private List<ContentId> bring(String draft, int count) throws Exception {
    PackWriter writer = new PackWriter();
    List<ContentId> contents = new ArrayList<>();
    byte[] bytes = new byte[sizeBytes];
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
    if (upload.has("url")) {
      HttpRequest.Builder put =
          HttpRequest.newBuilder(URI.create(upload.get("url").textValue()))
              .PUT(BodyPublishers.ofByteArray(pack.bytes()));
      upload
          .get("headers")
          .fields()
          .forEachRemaining(header -> put.header(header.getKey(), header.getValue().textValue()));
      send(put.build());
    }
    rest.post(version + "/uploads:done", objects).ok();
    return contents;
  }

  private String entry(String path, ContentId content) {
    return "{\"path\":\"%s\",\"sizeBytes\":%d,\"content\":\"%s\"}\n"
        .formatted(path, sizeBytes, content.text());
  }

  private String draft(String body) {
    return rest.post("/datasets/" + dataset + "/versions", body)
        .ok()
        .json()
        .get("version")
        .textValue();
  }

  private void send(HttpRequest request) throws Exception {
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(answer.statusCode() + " from " + request.uri() + ": " + answer.body());
    }
  }
}
