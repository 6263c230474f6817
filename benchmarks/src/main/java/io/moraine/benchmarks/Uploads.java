package io.moraine.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** PUTs over a fixed number of HTTP/1.1 connections. */
final class Uploads {
  /** One PUT that is to be made. */
  record Upload(URI where, String key, BodyPublisher body) {}

  private final int connections;

  Uploads(int connections) {
    this.connections = connections;
  }

  /**
   * Makes them all, each connection one after the other; returns the seconds it took. Any refusal
   * ends it.
   */
  double put(List<Upload> uploads) throws Exception {
    Iterator<Upload> queue = uploads.iterator();
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    long start = System.nanoTime();
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        workers.add(threads.submit(() -> work(queue)));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } finally {
      threads.shutdownNow();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private Void work(Iterator<Upload> queue) throws IOException, InterruptedException {
    // A client each: one client would open as many connections as it likes.
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (Upload next = take(queue); next != null; next = take(queue)) {
      HttpRequest.Builder request = HttpRequest.newBuilder(next.where()).PUT(next.body());
      if (next.key() != null) {
        request.header("X-API-Key", next.key());
      }
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new IOException(answer.statusCode() + " from " + next.where() + ": " + answer.body());
      }
    }
    return null;
  }

  private static Upload take(Iterator<Upload> queue) {
    synchronized (queue) {
      return queue.hasNext() ? queue.next() : null;
    }
  }
}
