package io.moraine.content.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.content.store.UrlSigner.SignedUrl;
import io.moraine.standalone.server.S3Server;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real S3 server: what a signed URL allows, and everything that it does not. */
class UrlSignerTest {
  private static final Duration LIFETIME = Duration.ofMinutes(15);
  private static final byte[] BYTES = "these bytes".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHERS = "other bytes".getBytes(StandardCharsets.UTF_8);

  private static S3Server server;
  private static BucketAccess access;
  private static ObjectStore store;
  private static UrlSigner signer;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    int port = freePort();
    server = S3Server.start(new S3Server.Config(directory, port, "moraine", "key", "secret"));
    access =
        new BucketAccess(
            URI.create("http://127.0.0.1:" + port), "us-east-1", "moraine", "key", "secret");
    store = new ObjectStore(access);
    signer = new UrlSigner(access, access.endpoint(), Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    store.close();
    server.close();
  }

  @Test
  void whatAnUploadMustSendIsSignedAsHeaders() {
    SignedUrl url = put("t/look");

    String query = URLDecoder.decode(url.url().getRawQuery(), StandardCharsets.UTF_8);
    assertThat(query)
        .contains(
            "X-Amz-SignedHeaders=content-length;host;if-none-match;x-amz-checksum-sha256&",
            "X-Amz-Expires=900")
        .doesNotContain(Sha256.of(BYTES).base64());
    assertThat(url.headers())
        .containsOnlyKeys("If-None-Match", "x-amz-checksum-sha256")
        .containsEntry("x-amz-checksum-sha256", Sha256.of(BYTES).base64());
  }

  @Test
  void itStoresTheBytesOnce() throws Exception {
    SignedUrl url = put("t/once");

    assertThat(send(url, "PUT", BYTES, url.headers())).isEqualTo(200);
    assertThat(store.get("t/once", 0, BYTES.length).readAllBytes()).isEqualTo(BYTES);
    assertThat(send(url, "PUT", BYTES, url.headers())).isEqualTo(412);
  }

  @Test
  void itStoresNothingElse() throws Exception {
    SignedUrl url = put("t/else");
    Map<String, String> otherChecksum =
        with(url.headers(), "x-amz-checksum-sha256", Sha256.of(OTHERS).base64());
    byte[] longer = "these bytes and more".getBytes(StandardCharsets.UTF_8);

    assertThat(send(url, "PUT", OTHERS, url.headers())).as("other bytes").isEqualTo(400);
    assertThat(send(url, "PUT", OTHERS, otherChecksum)).as("other checksum").isEqualTo(403);
    assertThat(send(url, "PUT", longer, url.headers())).as("other length").isEqualTo(403);
    for (String header : url.headers().keySet()) {
      Map<String, String> fewer = new HashMap<>(url.headers());
      fewer.remove(header);
      assertThat(send(url, "PUT", BYTES, fewer)).as("without " + header).isBetween(400, 403);
    }
    assertThat(send(url, "PUT", BYTES, with(url.headers(), "If-None-Match", "\"x\"")))
        .as("another condition")
        .isBetween(400, 403);
    assertThat(send(elsewhere(url), "PUT", BYTES, url.headers())).as("other key").isEqualTo(403);
    assertThat(send(url, "GET", null, Map.of())).as("another method").isEqualTo(403);
    assertThat(send(url, "DELETE", null, Map.of())).as("another method").isEqualTo(403);
    assertThat(store.size("t/else")).isEmpty();
    assertThat(store.size("t/elsewhere")).isEmpty();
  }

  @Test
  void itExpires() throws Exception {
    Clock past = Clock.offset(Clock.systemUTC(), LIFETIME.plusSeconds(5).negated());
    UrlSigner then = new UrlSigner(access, access.endpoint(), past);
    SignedUrl url = then.put("t/late", BYTES.length, Sha256.of(BYTES), LIFETIME);

    assertThat(send(url, "PUT", BYTES, url.headers())).isEqualTo(403);
    assertThat(store.size("t/late")).isEmpty();
    assertThat(url.expiresAt()).isBefore(Clock.systemUTC().instant());
  }

  @Test
  void readingTakesARangeAndNothingButReading() throws Exception {
    store.put("t/read", BYTES);
    SignedUrl url = signer.get("t/read", LIFETIME);

    HttpRequest range =
        HttpRequest.newBuilder(url.url()).header("Range", "bytes=6-10").GET().build();
    assertThat(client.send(range, BodyHandlers.ofString()).body()).isEqualTo("bytes");
    assertThat(send(url, "GET", null, Map.of())).isEqualTo(200);
    assertThat(send(url, "DELETE", null, Map.of())).isEqualTo(403);
    assertThat(send(url, "PUT", OTHERS, Map.of())).isEqualTo(403);
    assertThat(store.size("t/read")).hasValue(BYTES.length);
  }

  private static SignedUrl put(String key) {
    return signer.put(key, BYTES.length, Sha256.of(BYTES), LIFETIME);
  }

  private static SignedUrl elsewhere(SignedUrl url) {
    URI other = URI.create(url.url().toString().replace("/t/else?", "/t/elsewhere?"));
    return new SignedUrl(other, url.headers(), url.expiresAt());
  }

  private static Map<String, String> with(Map<String, String> headers, String name, String value) {
    Map<String, String> changed = new HashMap<>(headers);
    changed.put(name, value);
    return changed;
  }

  private int send(SignedUrl url, String method, byte[] body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.url())
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return client.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
