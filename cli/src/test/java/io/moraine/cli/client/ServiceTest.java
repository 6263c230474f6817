package io.moraine.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceTest {
  private static final int OK = 200;
  private static final int AWAY = 503;

  /** No answer at all. */
  private static final int CUT = 0;

  private final Queue<Integer> answers = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            asked.add(exchange.getRequestMethod());
            int status = answers.remove();
            if (status != CUT) {
              exchange.sendResponseHeaders(status, 2);
              exchange.getResponseBody().write("{}".getBytes());
            }
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Service service(Duration patience) {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new Service("dataset-service", base, "MORAINE_URL", "key", patience);
  }

  @Test
  void aServiceThatWasThereIsWaitedFor() throws Exception {
    Service service = service(Duration.ofMinutes(1));
    answers.addAll(List.of(OK, AWAY, CUT, OK, AWAY, OK, CUT, OK));
    service.get("/a", JsonNode.class);
    service.get("/b", JsonNode.class);
    service.call("PUT", "/c", Service.json(Map.of()), JsonNode.class);
    service.postAgain("/d", Map.of(), JsonNode.class);
    assertThat(asked).containsExactly("GET", "GET", "GET", "GET", "PUT", "PUT", "POST", "POST");
  }

  @Test
  void oneThatNeverAnsweredIsNot() {
    answers.addAll(List.of(AWAY, OK));
    assertThatThrownBy(() -> service(Duration.ofMinutes(1)).get("/a", JsonNode.class))
        .isInstanceOf(CallFailed.class);
    assertThat(asked).hasSize(1);
  }

  @Test
  void whatMustNotBeDoneTwiceIsDoneOnce() throws Exception {
    Service service = service(Duration.ofMinutes(1));
    answers.addAll(List.of(OK, AWAY, OK));
    service.get("/a", JsonNode.class);
    assertThatThrownBy(() -> service.post("/b", Map.of(), JsonNode.class))
        .isInstanceOf(CallFailed.class);
    assertThat(asked).hasSize(2);
  }
}
