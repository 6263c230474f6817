package io.moraine.content.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moraine.content.store.ObjectStoreException.Reason;
import io.moraine.content.store.UrlSigner.SignedUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a bucket that keeps versions, as far as reads go; our own S3 server keeps none. */
class PinnedObjectTest {
  private static final String KEY = "a b/ü+1";
  private static final PinnedObject FIRST =
      new PinnedObject(KEY, "\"etag-first\"", Optional.of("v/1+"));

  /** Bytes by version; the newest under an empty one. */
  private final Map<String, String> versions = new ConcurrentHashMap<>();

  private volatile boolean knowsConditions = true;

  private final List<URI> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private ObjectStore store;
  private UrlSigner signer;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/bucket/", this::serve);
    server.start();
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    // A prefix is where our own objects lie: others' are anywhere.
    BucketAccess access =
        new BucketAccess(endpoint, "us-east-1", "bucket", "key", "secret").below("ours");
    store = new ObjectStore(access);
    signer = new UrlSigner(access, endpoint, Clock.systemUTC());
    versions.put("", "first");
    versions.put("v/1+", "first");
  }

  @AfterEach
  void stop() {
    store.close();
    server.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI());
    String bytes = versions.get(parameters(exchange).getOrDefault("versionId", ""));
    boolean isOurs = exchange.getRequestURI().getPath().equals("/bucket/" + KEY);
    String etag = "\"etag-" + bytes + "\"";
    String wanted = exchange.getRequestHeaders().getFirst("If-Match");
    exchange.getResponseHeaders().set("ETag", etag);
    if (bytes == null || !isOurs) {
      exchange.sendResponseHeaders(404, -1);
    } else if (knowsConditions && wanted != null && !wanted.equals(etag)) {
      exchange.sendResponseHeaders(412, -1);
    } else if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(200, -1);
    } else {
      exchange.sendResponseHeaders(206, 3);
      exchange.getResponseBody().write(bytes.getBytes(UTF_8), 1, 3);
    }
    exchange.close();
  }

  private static Map<String, String> parameters(HttpExchange exchange) {
    Map<String, String> parameters = new TreeMap<>();
    String query = exchange.getRequestURI().getRawQuery();
    for (String parameter : query == null ? new String[0] : query.split("&")) {
      String[] both = parameter.split("=", 2);
      parameters.put(both[0], URLDecoder.decode(both[1], UTF_8));
    }
    return parameters;
  }

  private static PinnedObject withoutVersion() {
    return new PinnedObject(KEY, FIRST.etag(), Optional.empty());
  }

  private String read(PinnedObject object) throws IOException {
    return new String(store.get(object, 1, 3).readAllBytes(), UTF_8);
  }

  private HttpResponse<String> read(SignedUrl url) throws Exception {
    HttpRequest.Builder get = HttpRequest.newBuilder(url.url()).header("Range", "bytes=1-3");
    url.headers().forEach(get::header);
    return HttpClient.newHttpClient().send(get.build(), BodyHandlers.ofString());
  }

  @Test
  void aVersionIsReadWhateverWasPutSince() throws Exception {
    versions.put("", "second");

    assertThat(read(FIRST)).isEqualTo("irs");
    assertThat(store.look(FIRST)).isEqualTo(PinnedObject.State.SAME);
    assertThat(read(signer.get(FIRST, Duration.ofMinutes(1))).body()).isEqualTo("irs");
    versions.remove("v/1+");
    assertThat(store.look(FIRST)).isEqualTo(PinnedObject.State.GONE);
    refused(FIRST, Reason.MISSING);
  }

  @Test
  void withoutVersionsAnotherObjectIsToldFromTheFirst() throws Exception {
    assertThat(read(withoutVersion())).isEqualTo("irs");
    versions.put("", "second");

    assertThat(store.look(withoutVersion())).isEqualTo(PinnedObject.State.CHANGED);
    refused(withoutVersion(), Reason.CHANGED);
    assertThat(read(signer.get(withoutVersion(), Duration.ofMinutes(1))).statusCode())
        .isEqualTo(412);
    versions.clear();
    assertThat(store.look(withoutVersion())).isEqualTo(PinnedObject.State.GONE);
    refused(withoutVersion(), Reason.MISSING);
  }

  @Test
  void aBucketThatKnowsNoConditionsIsBelievedByItsETag() {
    knowsConditions = false;
    versions.put("", "second");

    refused(withoutVersion(), Reason.CHANGED);
  }

  private void refused(PinnedObject object, Reason reason) {
    assertThatExceptionOfType(ObjectStoreException.class)
        .isThrownBy(() -> read(object))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
        .satisfies(e -> assertThat(e.isRetryable()).isFalse());
  }

  @Test
  void whatPinsItIsSigned() {
    SignedUrl url = signer.get(FIRST, Duration.ofMinutes(1));

    assertThat(url.url().getRawPath()).isEqualTo("/bucket/a%20b/%C3%BC%2B1");
    assertThat(url.url().getRawQuery())
        .contains("versionId=v%2F1%2B", "X-Amz-SignedHeaders=host%3Bif-match");
    assertThat(url.headers()).containsExactly(Map.entry("If-Match", FIRST.etag()));
  }

  @Test
  void anEmptyObjectNeedsNoRequest() throws IOException {
    assertThat(store.get(FIRST, 0, 0).readAllBytes()).isEmpty();
    assertThat(asked).isEmpty();
  }
}
