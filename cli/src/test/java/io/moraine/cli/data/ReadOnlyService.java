package io.moraine.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moraine.content.file.CutFile;
import io.moraine.content.file.FileCutter;
import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.tree.FileEntry;
import io.moraine.content.tree.VersionTree;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What dataset-service and a bucket say to who reads one version, over real HTTP, with failures of
 * one's choice: the real ones are tested with the command in system-tests. Each content is an
 * object.
 */
final class ReadOnlyService implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What happens when the bucket is asked for a content; an answer that is not 206 is one. */
  @FunctionalInterface
  interface Asked {
    int status(ContentId content) throws IOException;
  }

  private static final int PARTIAL = 206;

  final Map<ContentId, byte[]> bucket = new ConcurrentHashMap<>();

  /** What the service says that it has not. */
  final Map<ContentId, Boolean> unknown = new ConcurrentHashMap<>();

  volatile Asked asked = content -> PARTIAL;
  private volatile List<FileEntry> entries = List.of();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  ReadOnlyService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Has a version of files with these texts. */
  List<FileEntry> holds(Map<String, String> files) {
    TreeMap<FilePath, FileEntry> entries = new TreeMap<>();
    files.forEach(
        (name, text) -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          ContentId content = new ContentId(ContentKind.BLOB, Sha256.of(bytes));
          bucket.put(content, bytes);
          FilePath path = FilePath.of(name);
          entries.put(path, new FileEntry(path, bytes.length, content));
        });
    this.entries = List.copyOf(entries.values());
    return this.entries;
  }

  /** Has a version of one file that is stored in pieces. */
  List<FileEntry> holdsInPieces(String name, byte[] bytes) throws IOException {
    CutFile file =
        FileCutter.digest(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream());
    PieceList list = file.pieces().orElseThrow();
    for (int i = 0; i < list.pieces().size(); i++) {
      int from = i * Limits.PIECE_BYTES;
      bucket.put(
          new ContentId(ContentKind.BLOB, list.pieces().get(i)),
          Arrays.copyOfRange(bytes, from, from + list.pieceBytes(i)));
    }
    bucket.put(file.content(), list.encode());
    // Objects are asked for by their digests alone.
    bucket.put(new ContentId(ContentKind.BLOB, file.content().sha256()), list.encode());
    entries = List.of(new FileEntry(FilePath.of(name), bytes.length, file.content()));
    return entries;
  }

  static Sha256 digest(List<FileEntry> entries) {
    return VersionTree.build(entries.iterator(), (node, bytes) -> {}).digest();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/bucket/")) {
        get(exchange, Sha256.ofHex(path.substring("/bucket/".length())));
      } else if (path.startsWith("/datasets/ref/")) {
        answer(exchange, 200, ref());
      } else if (path.endsWith("/contents:locate")) {
        locate(exchange, JSON.readTree(body));
      } else if (path.endsWith("/files")) {
        answer(exchange, 200, listing());
      } else {
        answer(exchange, 404, "{}");
      }
    }
  }

  private String ref() {
    ObjectNode ref = JSON.createObjectNode().put("id", "dst0123456789ab").put("name", "faces");
    ref.putObject("version")
        .put("version", "k3v9x2a")
        .put("state", "committed")
        .put("isCommitted", true)
        .put("message", "")
        .put("digest", digest(entries).hex())
        .put("files", entries.size())
        .put("bytes", 0);
    return ref.toString();
  }

  private String listing() {
    StringBuilder lines = new StringBuilder();
    for (FileEntry entry : entries) {
      lines
          .append(
              JSON.createObjectNode()
                  .put("path", entry.path().toString())
                  .put("sizeBytes", entry.sizeBytes())
                  .put("content", entry.content().text()))
          .append('\n');
    }
    return lines.append("{\"end\":true}\n").toString();
  }

  private void locate(HttpExchange exchange, JsonNode wanted) throws IOException {
    ObjectNode places = JSON.createObjectNode();
    ArrayNode objects = places.putArray("objects");
    ArrayNode contents = places.putArray("contents");
    ArrayNode missing = JSON.createArrayNode();
    for (JsonNode one : wanted.get("contents")) {
      ContentId content = ContentId.parse(one.textValue());
      if (unknown.containsKey(content)) {
        missing.add(one);
        continue;
      }
      contents
          .addObject()
          .put("content", content.text())
          .put("object", objects.size())
          .put("offset", 0)
          .put("sizeBytes", bucket.get(content).length);
      objects.addObject().put("url", uri() + "/bucket/" + content.sha256().hex());
    }
    if (missing.isEmpty()) {
      answer(exchange, 200, places.toString());
    } else {
      ObjectNode problem = JSON.createObjectNode().put("detail", "The store does not have it.");
      problem.set("missing", missing);
      answer(exchange, 404, problem.toString());
    }
  }

  private void get(HttpExchange exchange, Sha256 digest) throws IOException {
    ContentId content = new ContentId(ContentKind.BLOB, digest);
    int status = asked.status(content);
    if (status != PARTIAL) {
      answer(exchange, status, "told to");
      return;
    }
    String[] range = exchange.getRequestHeaders().getFirst("Range").substring(6).split("-");
    byte[] bytes =
        Arrays.copyOfRange(
            bucket.get(content), Integer.parseInt(range[0]), Integer.parseInt(range[1]) + 1);
    exchange.sendResponseHeaders(PARTIAL, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
