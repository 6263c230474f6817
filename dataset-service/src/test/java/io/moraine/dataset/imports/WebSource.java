package io.moraine.dataset.imports;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A web server of one test, with whatever goes wrong at one. */
public final class WebSource implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Bytes of bodies that were sent. */
  public final AtomicLong sent = new AtomicLong();

  /** The Range headers that came, in order. */
  public final List<String> ranges = new CopyOnWriteArrayList<>();

  /** The Authorization headers that came, in order; empty where there was none. */
  public final List<String> logins = new CopyOnWriteArrayList<>();

  public WebSource() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public HttpServer server() {
    return server;
  }

  /** A file with an ETag, of which ranges can be had. */
  public WebSource file(String path, byte[] bytes) {
    return breaking(path, bytes, List.of());
  }

  /** As {@link #file}, of which the first answers end after so many bytes each. */
  public WebSource breaking(String path, byte[] bytes, List<Integer> ends) {
    Queue<Integer> left = new ConcurrentLinkedQueue<>(ends);
    server.createContext(path, exchange -> serve(exchange, bytes, left));
    return this;
  }

  /** A file that breaks off at its middle, and is another one from then on. */
  public WebSource changing(String path, byte[] before, byte[] after) {
    AtomicBoolean isAnother = new AtomicBoolean();
    server.createContext(
        path,
        exchange -> {
          boolean first = isAnother.compareAndSet(false, true);
          byte[] bytes = first ? before : after;
          exchange.getResponseHeaders().set("ETag", first ? "\"one\"" : "\"two\"");
          exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes, 0, first ? bytes.length / 2 : bytes.length);
          exchange.close();
        });
    return this;
  }

  /** A file without anything that tells it from another. */
  public WebSource plain(String path, byte[] bytes) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    return this;
  }

  /** Sends a part of a file, and the rest once {@code go} says so. */
  public WebSource slow(String path, byte[] bytes, int first, CountDownLatch go) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes, 0, first);
            out.flush();
            go.await();
            out.write(bytes, first, bytes.length - first);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return this;
  }

  public WebSource redirect(String path, String to) {
    server.createContext(
        path,
        exchange -> {
          note(exchange);
          exchange.getResponseHeaders().set("Location", to);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    return this;
  }

  public WebSource status(String path, int status) {
    server.createContext(
        path,
        exchange -> {
          note(exchange);
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    return this;
  }

  private void note(HttpExchange exchange) {
    logins.add(
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse(""));
  }

  private void serve(HttpExchange exchange, byte[] bytes, Queue<Integer> ends) throws IOException {
    note(exchange);
    exchange.getResponseHeaders().set("ETag", "\"one\"");
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    String range = exchange.getRequestHeaders().getFirst("Range");
    int offset = 0;
    if (range != null) {
      ranges.add(range);
      offset = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(offset, bytes.length - 1, bytes.length));
    }
    int length = bytes.length - offset;
    exchange.sendResponseHeaders(range == null ? 200 : 206, length == 0 ? -1 : length);
    int most = Math.min(length, Optional.ofNullable(ends.poll()).orElse(length));
    OutputStream out = exchange.getResponseBody();
    for (int at = 0; at < most; at += 64 << 10) {
      int count = Math.min(64 << 10, most - at);
      out.write(bytes, offset + at, count);
      sent.addAndGet(count);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
