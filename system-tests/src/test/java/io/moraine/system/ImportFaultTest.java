package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Imports killed right behind every step that has an outside effect: each ends as one version, with
 * every byte. On a stack of its own, whose processes a debugger can stop.
 */
class ImportFaultTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int MIB = 1 << 20;
  private static final int PIECE = 32 * MIB;

  /** The supervisor stops everything when a service dies more often within a minute than this. */
  private static final int MOST_KILLS = 3;

  private static RunningStack stack;
  private static Rest rest;
  private static int kills;

  private final byte[] large = new byte[3 * PIECE + 5];
  private final List<Integer> offsets = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer source;

  @BeforeAll
  static void up() {
    Map<String, String> variables = new HashMap<>(Debugger.VARIABLES);
    variables.put("MORAINE_IMPORTS_LEASE", "PT3S");
    variables.put("MORAINE_IMPORTS_CHECKPOINT_EVERY", "PT0S");
    stack = RunningStack.in(SystemStack.home(), variables);
    stack.up();
    rest = stack.rest();
  }

  @AfterAll
  static void down() {
    stack.close();
  }

  @BeforeEach
  void renew() throws Exception {
    if (kills == MOST_KILLS) {
      stack.moraine("down");
      stack.up();
      kills = 0;
    }
    kills++;
  }

  @BeforeEach
  void serve() throws IOException {
    new Random().nextBytes(large);
    source = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    source.setExecutor(threads);
    source.createContext("/large.bin", this::serve);
    source.start();
  }

  @AfterEach
  void stop() {
    source.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int offset = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    exchange.getResponseHeaders().set("ETag", "\"same\"");
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(offset, large.length - 1, large.length));
    exchange.sendResponseHeaders(range == null ? 200 : 206, large.length - offset);
    offsets.add(offset);
    exchange.getResponseBody().write(large, offset, large.length - offset);
    exchange.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import.begun",
        "import.pieces",
        "import.checkpoint",
        "import.fetched",
        "import.committing",
        "commit.record-put",
        "import.committed"
      })
  void killedBehindAStepItIsOneVersionWithEveryByte(String point) throws Exception {
    String dataset = new Datasets(rest).create("import-fault");
    ProcessHandle victim = stack.process("dataset-service");
    String id;
    try (Debugger debugger = Debugger.attach(stack.settings().home().log("dataset-service"))) {
      id = begin(dataset);
      debugger.awaitStop(point);
      victim.destroyForcibly();
      victim.onExit().join();
    }

    JsonNode end =
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(
                () -> rest.get("/datasets/" + dataset + "/imports/" + id).ok().json(),
                now -> Set.of("done", "failed").contains(now.get("state").textValue()));

    assertThat(end.get("state").textValue()).as(end.toString()).isEqualTo("done");
    JsonNode versions = rest.get("/datasets/" + dataset + "/versions").ok().json();
    assertThat(versions).hasSize(1);
    assertThat(versions.get(0).get("version")).isEqualTo(end.get("version"));
    assertThat(versions.get(0).get("isCommitted").booleanValue()).isTrue();
    String file = "/datasets/%s/versions/latest/files/large.bin".formatted(dataset);
    assertThat(Sha256.of(rest.get(file).ok().body())).isEqualTo(Sha256.of(large));
    if (point.equals("import.pieces")) {
      assertThat(offsets.get(offsets.size() - 1)).isGreaterThanOrEqualTo(PIECE);
    }
  }

  private String begin(String dataset) {
    return rest.post(
            "/datasets/" + dataset + "/imports",
            "{\"source\": {\"type\": \"url\", \"url\": \"http://127.0.0.1:%d/large.bin\"}}"
                .formatted(source.getAddress().getPort()))
        .ok()
        .json()
        .get("id")
        .textValue();
  }
}
