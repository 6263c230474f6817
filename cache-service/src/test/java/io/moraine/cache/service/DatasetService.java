package io.moraine.cache.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moraine.testkit.ServiceProcess;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The real dataset-service as a process, and before it a proxy that turns one byte of every file it
 * lets through while {@link #CORRUPT} is set.
 */
public final class DatasetService implements QuarkusTestResourceLifecycleManager {
  /** A system property, since Quarkus loads the tests and this in loaders of their own. */
  static final String CORRUPT = "moraine.test.corrupt";

  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "content-length", "expect", "host", "http2-settings", "upgrade");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ServiceProcess process;
  private HttpServer proxy;

  @Override
  public Map<String, String> start() {
    process = ServiceProcess.start("dataset-service");
    try {
      proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    proxy.setExecutor(threads);
    proxy.createContext("/", this::pass);
    proxy.start();
    return Map.of("MORAINE_DATASET_URL", "http://127.0.0.1:" + proxy.getAddress().getPort());
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpResponse<InputStream> answer =
          http.send(request(exchange), HttpResponse.BodyHandlers.ofInputStream());
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!OF_THE_CONNECTION.contains(name) && !name.equals("transfer-encoding")) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      byte[] body = answer.body().readAllBytes();
      if (Boolean.getBoolean(CORRUPT) && isFile(exchange)) {
        body[body.length / 2] ^= 1;
      }
      boolean none = body.length == 0;
      exchange.sendResponseHeaders(answer.statusCode(), none ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(HttpExchange exchange) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    process.url().resolve("/") + exchange.getRequestURI().toString().substring(1)))
            .method(
                exchange.getRequestMethod(),
                HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase())) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return request.build();
  }

  private static boolean isFile(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("GET")
        && exchange.getRequestURI().getPath().contains("/files/");
  }

  @Override
  public void stop() {
    proxy.stop(0);
    threads.shutdownNow();
    process.close();
  }
}
