package io.moraine.content.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackEntry;
import io.moraine.vocabulary.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The calls of "Versions of many files" and a bucket, over real HTTP, in memory, which can be told
 * to fail: the client's own behaviour is what is tested with it. The real services are tested with
 * the client in system-tests.
 */
final class UnreliableService implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What to do instead of answering; true when it answered. */
  @FunctionalInterface
  interface Fault {
    boolean strike(HttpExchange exchange) throws IOException;
  }

  private record Place(String object, int offset, int length) {}

  final Map<String, Path> objects = new ConcurrentHashMap<>();
  final Map<ContentId, Object> contents = new ConcurrentHashMap<>();
  final NavigableMap<String, JsonNode> entries = new TreeMap<>();
  final List<String> puts = new CopyOnWriteArrayList<>();
  final List<String> gets = new CopyOnWriteArrayList<>();
  final AtomicInteger locates = new AtomicInteger();

  /** What listings asked for. */
  final List<Map<String, String>> listings = new CopyOnWriteArrayList<>();

  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private final Path directory;

  /** Keeps its objects in {@code directory}: the memory is for what is tested. */
  UnreliableService(Path directory) throws IOException {
    this.directory = directory;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Strikes the next {@code times} requests of this method whose path contains {@code part}. */
  void next(int times, String method, String part, Fault fault) {
    int[] left = {times};
    faults.add(
        exchange -> {
          synchronized (left) {
            if (left[0] == 0
                || !exchange.getRequestMethod().equals(method)
                || !exchange.getRequestURI().getPath().contains(part)) {
              return false;
            }
            left[0]--;
          }
          return fault.strike(exchange);
        });
  }

  static Fault status(int status) {
    return exchange -> {
      exchange.getRequestBody().readAllBytes();
      answer(exchange, status, "{\"detail\":\"told to\"}");
      return true;
    };
  }

  /** The connection ends without an answer, the request having been carried out or not. */
  static Fault cut() {
    return exchange -> {
      exchange.close();
      return true;
    };
  }

  /** An answer that begins and does not go on, as of a server that lost its power. */
  Fault halfAnAnswer() {
    return exchange -> {
      exchange.getRequestBody().readAllBytes();
      boolean isRange = exchange.getRequestHeaders().containsKey("Range");
      exchange.sendResponseHeaders(isRange ? 206 : 200, 1_000);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
      return hold();
    };
  }

  /** Nothing of the body is taken, and nothing answered. */
  Fault deafness() {
    return exchange -> hold();
  }

  private boolean hold() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /** Takes the body a little at a time, with a pause after each. */
  Fault slowness(int stepBytes, Duration pause) {
    return exchange -> {
      // The body stays for who answers: only its coming is slow.
      exchange.setStreams(
          new FilterInputStream(exchange.getRequestBody()) {
            private int left = stepBytes;

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
              if (left == 0) {
                left = stepBytes;
                try {
                  closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                  throw new InterruptedIOException();
                }
              }
              int read = super.read(into, offset, Math.min(left, length));
              left -= Math.max(0, read);
              return read;
            }
          },
          null);
      return false;
    };
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      for (Fault fault : faults) {
        if (fault.strike(exchange)) {
          return;
        }
      }
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/bucket/")) {
        bucket(exchange, path.substring("/bucket/".length()));
        return;
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      String call = path.substring(path.lastIndexOf('/') + 1);
      if (exchange.getRequestMethod().equals("GET")) {
        list(exchange);
        return;
      }
      switch (call) {
        case "contents:missing" -> missing(exchange, JSON.readTree(body));
        case "uploads" -> uploads(exchange, JSON.readTree(body));
        case "uploads:done" -> done(exchange, JSON.readTree(body));
        case "files" -> stage(exchange, new String(body, StandardCharsets.UTF_8));
        case "contents:locate" -> locate(exchange, JSON.readTree(body));
        default -> answer(exchange, 404, "{}");
      }
    }
  }

  private void bucket(HttpExchange exchange, String key) throws IOException {
    if (exchange.getRequestMethod().equals("PUT")) {
      put(exchange, key);
      return;
    }
    gets.add(key);
    if (!objects.containsKey(key)) {
      answer(exchange, 404, "NoSuchKey");
      return;
    }
    String[] range = exchange.getRequestHeaders().getFirst("Range").substring(6).split("-");
    int from = Integer.parseInt(range[0]);
    int length = Integer.parseInt(range[1]) + 1 - from;
    exchange.sendResponseHeaders(206, length);
    try (InputStream in = Files.newInputStream(objects.get(key))) {
      in.skipNBytes(from);
      byte[] some = new byte[BUFFER_BYTES];
      for (int left = length; left > 0; ) {
        int read = in.readNBytes(some, 0, Math.min(left, some.length));
        exchange.getResponseBody().write(some, 0, read);
        left -= read;
      }
    }
  }

  private void put(HttpExchange exchange, String key) throws IOException {
    Path fresh = Files.createTempFile(directory, "put", "");
    MessageDigest digest = Sha256.newDigest();
    try (InputStream in = new DigestInputStream(exchange.getRequestBody(), digest)) {
      Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
    }
    Sha256 found = Sha256.finish(digest);
    String checksum = exchange.getRequestHeaders().getFirst("x-amz-checksum-sha256");
    if (!found.base64().equals(checksum) || !key.endsWith(found.hex())) {
      answer(exchange, 400, "BadDigest");
    } else if (objects.putIfAbsent(key, fresh) != null) {
      answer(exchange, 412, "PreconditionFailed");
    } else {
      puts.add(key);
      answer(exchange, 200, "");
    }
  }

  /** Puts an object without an answer. */
  void store(String key, byte[] bytes) throws IOException {
    Path file = Files.createTempFile(directory, "stored", "");
    Files.write(file, bytes);
    objects.put(key, file);
  }

  private void missing(HttpExchange exchange, JsonNode asked) throws IOException {
    ArrayNode missing = JSON.createArrayNode();
    for (JsonNode content : asked.get("contents")) {
      if (!contents.containsKey(ContentId.parse(content.textValue()))) {
        missing.add(content);
      }
    }
    answer(exchange, 200, JSON.createObjectNode().set("missing", missing).toString());
  }

  private void uploads(HttpExchange exchange, JsonNode asked) throws IOException {
    ArrayNode uploads = JSON.createArrayNode();
    for (JsonNode object : asked.get("objects")) {
      String key = key(object);
      ObjectNode upload = uploads.addObject();
      upload.set("type", object.get("type"));
      upload.set("sha256", object.get("sha256"));
      upload.put("stored", objects.containsKey(key));
      if (!objects.containsKey(key)) {
        upload.put("url", uri() + "/bucket/" + key);
        upload
            .putObject("headers")
            .put("x-amz-checksum-sha256", Sha256.ofHex(object.get("sha256").textValue()).base64())
            .put("Content-Length", object.get("sizeBytes").asText())
            .put("If-None-Match", "*");
      }
    }
    answer(exchange, 200, JSON.createObjectNode().set("uploads", uploads).toString());
  }

  private static String key(JsonNode object) {
    return object.get("type").textValue() + "s/" + object.get("sha256").textValue();
  }

  private void done(HttpExchange exchange, JsonNode asked) throws IOException {
    int count = 0;
    for (JsonNode object : asked.get("objects")) {
      Path file = objects.get(key(object));
      if (file == null) {
        answer(exchange, 409, "{\"detail\":\"" + key(object) + " is not there\"}");
        return;
      }
      if (object.get("type").textValue().equals("blob")) {
        contents.put(
            new ContentId(ContentKind.BLOB, Sha256.ofHex(object.get("sha256").textValue())),
            new Place(key(object), 0, (int) Files.size(file)));
        count++;
      } else {
        for (PackEntry entry : Pack.read(Files.readAllBytes(file)).index().entries()) {
          contents.put(
              entry.content(), new Place(key(object), entry.offset(), entry.lengthBytes()));
          count++;
        }
      }
    }
    answer(exchange, 200, "{\"contents\":" + count + "}");
  }

  private synchronized void stage(HttpExchange exchange, String lines) throws IOException {
    List<String> missing = new ArrayList<>();
    for (String line : lines.split("\n")) {
      JsonNode entry = JSON.readTree(line);
      if (entry.path("deleted").asBoolean()) {
        entries.remove(entry.get("path").textValue());
      } else if (contents.containsKey(ContentId.parse(entry.get("content").textValue()))) {
        entries.put(entry.get("path").textValue(), entry);
      } else {
        missing.add("\"" + entry.get("content").textValue() + "\"");
      }
    }
    if (missing.isEmpty()) {
      answer(exchange, 200, "{\"staged\":1,\"deleted\":0}");
    } else {
      answer(exchange, 409, "{\"detail\":\"missing\",\"missing\":" + missing + "}");
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    Map<String, String> query = query(exchange);
    listings.add(query);
    String prefix = query.get("prefix");
    String last =
        new String(
            Base64.getUrlDecoder().decode(query.getOrDefault("cursor", "")),
            StandardCharsets.UTF_8);
    Stream<JsonNode> found =
        entries.tailMap(last, false).values().stream()
            .filter(entry -> entry.get("path").textValue().startsWith(prefix));
    if (query.containsKey("limit")) {
      ObjectNode page = JSON.createObjectNode();
      ArrayNode items = page.putArray("items");
      found.limit(Long.parseLong(query.get("limit"))).map(this::item).forEach(items::add);
      answer(exchange, 200, page.toString());
      return;
    }
    StringBuilder lines = new StringBuilder();
    found.forEach(entry -> lines.append(entry).append('\n'));
    lines.append("{\"end\":true}\n");
    answer(exchange, 200, lines.toString());
  }

  private ObjectNode item(JsonNode entry) {
    ContentId content = ContentId.parse(entry.get("content").textValue());
    ObjectNode item = JSON.createObjectNode();
    item.set("path", entry.get("path"));
    item.set("sizeBytes", entry.get("sizeBytes"));
    return item.put("digest", content.sha256().hex());
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    for (String parameter : exchange.getRequestURI().getRawQuery().split("&")) {
      String[] nameAndValue = parameter.split("=", 2);
      query.put(nameAndValue[0], URLDecoder.decode(nameAndValue[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private void locate(HttpExchange exchange, JsonNode asked) throws IOException {
    locates.incrementAndGet();
    List<String> lost = new ArrayList<>();
    for (JsonNode content : asked.get("contents")) {
      if (!contents.containsKey(ContentId.parse(content.textValue()))) {
        lost.add("\"" + content.textValue() + "\"");
      }
    }
    if (!lost.isEmpty()) {
      // As the service does: not all of many.
      answer(exchange, 404, "{\"detail\":\"none\",\"missing\":[" + lost.get(0) + "]}");
      return;
    }
    Map<String, Integer> indexes = new HashMap<>();
    ArrayNode located = JSON.createArrayNode();
    ArrayNode urls = JSON.createArrayNode();
    for (JsonNode content : asked.get("contents")) {
      Place place = (Place) contents.get(ContentId.parse(content.textValue()));
      int index =
          indexes.computeIfAbsent(
              place.object,
              object -> {
                urls.addObject().put("url", uri() + "/bucket/" + object);
                return indexes.size();
              });
      located
          .addObject()
          .put("content", content.textValue())
          .put("object", index)
          .put("offset", place.offset)
          .put("sizeBytes", place.length);
    }
    ObjectNode body = JSON.createObjectNode();
    body.set("objects", urls);
    body.set("contents", located);
    answer(exchange, 200, body.toString());
  }

  private static void answer(HttpExchange exchange, int status, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
