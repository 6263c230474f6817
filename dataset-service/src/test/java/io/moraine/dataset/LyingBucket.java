package io.moraine.dataset;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.UrlSigner;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An S3 server in memory, with one bucket under whatever name, that does as little as some do: what
 * it enforces is chosen. Thread-safe.
 */
public final class LyingBucket implements AutoCloseable {
  /** What becomes of {@code If-None-Match: *}. */
  public enum Conditions {
    HONOURED,
    IGNORED,
    /** 501, as some providers answer to what they do not know. */
    UNKNOWN
  }

  public static final String NAME = "lying";
  public static final String ACCESS_KEY = "AKLYING";

  private static final DateTimeFormatter AMZ = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private final boolean checksums;
  private final Conditions conditions;
  private final String secret;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SortedMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private volatile boolean mayDelete = true;
  private volatile boolean mayList = true;

  /**
   * @param checksums whether bytes need the SHA-256 they came or were signed with
   * @param secret with which URLs are signed
   */
  public LyingBucket(boolean checksums, Conditions conditions, String secret) throws IOException {
    this.checksums = checksums;
    this.conditions = conditions;
    this.secret = secret;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What a request says of it, to be changed at will. */
  public Map<String, String> config() {
    Map<String, String> config = new HashMap<>();
    config.put("bucket", NAME);
    config.put("accessKey", ACCESS_KEY);
    config.put("secretAccessKey", secret);
    config.put("endpoint", endpoint().toString());
    return config;
  }

  /** By key. */
  public SortedMap<String, byte[]> objects() {
    return objects;
  }

  public LyingBucket withoutDeletions() {
    mayDelete = false;
    return this;
  }

  public LyingBucket withoutListings() {
    mayList = false;
    return this;
  }

  private void handle(HttpExchange call) throws IOException {
    try (call) {
      byte[] body = call.getRequestBody().readAllBytes();
      String path = URLDecoder.decode(call.getRequestURI().getRawPath(), StandardCharsets.UTF_8);
      String key = path.replaceFirst("^/[^/]*/?", "");
      switch (call.getRequestMethod()) {
        case "PUT" -> put(call, key, body);
        case "GET" -> get(call, key);
        case "HEAD" -> head(call, key);
        case "DELETE" -> delete(call, key);
        default -> refuse(call, 405, "MethodNotAllowed");
      }
    }
  }

  private void put(HttpExchange call, String key, byte[] body) throws IOException {
    boolean conditional = call.getRequestHeaders().containsKey("If-None-Match");
    String checksum = call.getRequestHeaders().getFirst("x-amz-checksum-sha256");
    if (conditional && conditions == Conditions.UNKNOWN) {
      refuse(call, 501, "NotImplemented");
    } else if (conditional && conditions == Conditions.HONOURED && objects.containsKey(key)) {
      refuse(call, 412, "PreconditionFailed");
    } else if (checksums && !Sha256.of(body).base64().equals(checksum)) {
      refuse(call, 400, "BadDigest");
    } else if (checksums && !isSigned(call, key, body.length, checksum, conditional)) {
      refuse(call, 403, "SignatureDoesNotMatch");
    } else {
      objects.put(key, body);
      call.getResponseHeaders().set("ETag", "\"0\"");
      call.sendResponseHeaders(200, -1);
    }
  }

  /** Of a URL that was signed: signs what came once more, and looks whether it is the same. */
  private boolean isSigned(
      HttpExchange call, String key, int length, String checksum, boolean conditional) {
    Map<String, String> query = query(call);
    if (!query.containsKey("X-Amz-Signature")) {
      return true;
    }
    Instant signed = LocalDateTime.parse(query.get("X-Amz-Date"), AMZ).toInstant(ZoneOffset.UTC);
    Duration lifetime = Duration.ofSeconds(Long.parseLong(query.get("X-Amz-Expires")));
    if (signed.plus(lifetime).isBefore(Instant.now())) {
      return false;
    }
    BucketAccess access =
        new BucketAccess(endpoint(), "us-east-1", NAME, ACCESS_KEY, secret)
            .withConditionalPuts(conditional);
    URI again =
        new UrlSigner(access, endpoint(), Clock.fixed(signed, ZoneOffset.UTC))
            .put(key, length, Sha256.ofBytes(Base64.getDecoder().decode(checksum)), lifetime)
            .url();
    return again.getRawQuery().contains("X-Amz-Signature=" + query.get("X-Amz-Signature"));
  }

  private static Map<String, String> query(HttpExchange call) {
    Map<String, String> query = new TreeMap<>();
    String raw = call.getRequestURI().getRawQuery();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(
          parts[0], parts.length == 2 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "");
    }
    return query;
  }

  private void get(HttpExchange call, String key) throws IOException {
    if (key.isEmpty()) {
      list(call, query(call).getOrDefault("prefix", ""));
      return;
    }
    byte[] object = objects.get(key);
    if (object == null) {
      refuse(call, 404, "NoSuchKey");
      return;
    }
    String range = call.getRequestHeaders().getFirst("Range");
    byte[] part = object;
    if (range != null) {
      String[] ends = range.substring("bytes=".length()).split("-");
      int last = Math.min(Integer.parseInt(ends[1]), object.length - 1);
      part = Arrays.copyOfRange(object, Integer.parseInt(ends[0]), last + 1);
    }
    call.sendResponseHeaders(range == null ? 200 : 206, part.length);
    call.getResponseBody().write(part);
  }

  private void list(HttpExchange call, String prefix) throws IOException {
    if (!mayList) {
      refuse(call, 403, "AccessDenied");
      return;
    }
    StringBuilder xml = new StringBuilder("<ListBucketResult><IsTruncated>false</IsTruncated>");
    objects.forEach(
        (key, bytes) -> {
          if (key.startsWith(prefix)) {
            xml.append("<Contents><Key>").append(key).append("</Key><Size>").append(bytes.length);
            xml.append("</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>");
          }
        });
    answer(call, 200, xml.append("</ListBucketResult>").toString());
  }

  private void head(HttpExchange call, String key) throws IOException {
    byte[] object = objects.get(key);
    if (object != null) {
      call.getResponseHeaders().set("Content-Length", Integer.toString(object.length));
    }
    call.sendResponseHeaders(object == null ? 404 : 200, -1);
  }

  private void delete(HttpExchange call, String key) throws IOException {
    if (!mayDelete) {
      refuse(call, 403, "AccessDenied");
      return;
    }
    objects.remove(key);
    call.sendResponseHeaders(204, -1);
  }

  private static void refuse(HttpExchange call, int status, String code) throws IOException {
    answer(call, status, "<Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>");
  }

  private static void answer(HttpExchange call, int status, String xml) throws IOException {
    byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
    call.getResponseHeaders().set("Content-Type", "application/xml");
    call.sendResponseHeaders(status, bytes.length);
    call.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
