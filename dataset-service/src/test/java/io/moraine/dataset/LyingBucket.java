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
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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
  // Every object that there ever was, where versions are kept: by key, and by version id.
  private final Map<String, SortedMap<String, byte[]>> versions = new ConcurrentHashMap<>();
  private volatile boolean keepsVersions;
  private volatile boolean mayReadVersions = true;
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

  /** Keeps every version, says its id, and has ETags that tell one object from another. */
  public LyingBucket keepingVersions() {
    keepsVersions = true;
    return this;
  }

  /** Whose id does not help to read one. */
  public LyingBucket withoutOldVersions() {
    mayReadVersions = false;
    return this;
  }

  /** As a PUT of somebody else's. */
  public void store(String key, byte[] bytes) {
    objects.put(key, bytes);
    if (keepsVersions) {
      SortedMap<String, byte[]> all =
          versions.computeIfAbsent(key, k -> new ConcurrentSkipListMap<>());
      all.put("v" + all.size(), bytes);
    }
  }

  /** Deletes what a key ever had. */
  public void forget(String key) {
    objects.remove(key);
    versions.remove(key);
  }

  private String etag(byte[] object) {
    return keepsVersions ? "\"" + Sha256.of(object).hex().substring(0, 32) + "\"" : "\"0\"";
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
      store(key, body);
      call.getResponseHeaders().set("ETag", etag(body));
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
    Optional<byte[]> found = find(call, key);
    if (found.isEmpty()) {
      return;
    }
    byte[] object = found.get();
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

  /** The object, or the version of it, that is asked for; none when the call is answered. */
  private Optional<byte[]> find(HttpExchange call, String key) throws IOException {
    String version = query(call).get("versionId");
    if (version != null && !mayReadVersions) {
      refuse(call, 403, "AccessDenied");
      return Optional.empty();
    }
    SortedMap<String, byte[]> all = versions.getOrDefault(key, new TreeMap<>());
    byte[] object = version == null ? objects.get(key) : all.get(version);
    if (object == null) {
      refuse(call, 404, version == null ? "NoSuchKey" : "NoSuchVersion");
      return Optional.empty();
    }
    String wanted = call.getRequestHeaders().getFirst("If-Match");
    if (keepsVersions && wanted != null && !wanted.equals(etag(object))) {
      refuse(call, 412, "PreconditionFailed");
      return Optional.empty();
    }
    call.getResponseHeaders().set("ETag", etag(object));
    if (keepsVersions) {
      String id = version == null ? all.lastKey() : version;
      call.getResponseHeaders().set("x-amz-version-id", id);
    }
    return Optional.of(object);
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
            xml.append("</Size><ETag>").append(etag(bytes)).append("</ETag>");
            xml.append("<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>");
          }
        });
    answer(call, 200, xml.append("</ListBucketResult>").toString());
  }

  private void head(HttpExchange call, String key) throws IOException {
    Optional<byte[]> object = find(call, key);
    if (object.isPresent()) {
      call.getResponseHeaders().set("Content-Length", Integer.toString(object.get().length));
      call.sendResponseHeaders(200, -1);
    }
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
    if (call.getRequestMethod().equals("HEAD")) {
      call.sendResponseHeaders(status, -1);
      return;
    }
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
