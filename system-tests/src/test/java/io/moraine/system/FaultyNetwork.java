package io.moraine.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * An HTTP proxy on loopback that lets everything pass but what a test says. Thread-safe; holds
 * whole bodies in memory.
 */
final class FaultyNetwork implements AutoCloseable {
  /** A request on its way. */
  record Call(String method, URI uri, byte[] body) {
    boolean puts(String file) {
      return method.equals("PUT") && uri.getPath().endsWith("/" + file);
    }

    /** Whether the API is asked for this S3 call. */
    boolean asksFor(String s3Method) {
      return uri.getPath().endsWith("/s3/preSignedUrls") && text().contains('"' + s3Method + '"');
    }

    private String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** What happens to a request. */
  sealed interface Fault {
    /** It does not arrive: somebody on the way answers. */
    record Answered(int status, String body) implements Fault {}

    /** It does not arrive, and nobody answers. */
    record Lost() implements Fault {}

    /** It arrives; the answer loses a header. */
    record WithoutHeader(String name) implements Fault {}

    /** It arrives, but something else happens before. */
    record After(Runnable event) implements Fault {}
  }

  /** Headers that are about one connection, and those that the client sets itself. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "proxy-connection",
          "keep-alive",
          "host",
          "content-length",
          "transfer-encoding",
          "accept-encoding");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpServer server;
  private final Predicate<Call> which;
  private final Fault fault;

  /** What {@code which} says of a request decides whether {@code fault} happens to it. */
  FaultyNetwork(Predicate<Call> which, Fault fault) throws IOException {
    this.which = which;
    this.fault = fault;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI proxy() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Call call = new Call(exchange.getRequestMethod(), exchange.getRequestURI(), body);
      if (!which.test(call)) {
        pass(exchange, call, Optional.empty());
      } else if (fault instanceof Fault.Answered answer) {
        answer(exchange, answer.status(), answer.body().getBytes(StandardCharsets.UTF_8));
      } else if (fault instanceof Fault.WithoutHeader without) {
        pass(exchange, call, Optional.of(without.name()));
      } else if (fault instanceof Fault.After after) {
        after.event().run();
        pass(exchange, call, Optional.empty());
      } else {
        closed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(HttpExchange exchange, Call call, Optional<String> lostHeader)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(call.uri())
            .method(
                call.method(),
                call.body().length == 0 && !call.method().equals("PUT")
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(call.body()));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              boolean lost = lostHeader.filter(name::equalsIgnoreCase).isPresent();
              if (!lost && !OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    if (call.method().equals("HEAD")) {
      response
          .headers()
          .firstValue("Content-Length")
          .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
    }
    answer(exchange, response.statusCode(), response.body());
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    if (body.length == 0) {
      exchange.sendResponseHeaders(status, -1); // 0 would be of a length that is not known
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
