package io.moraine.cli.demo;

import io.moraine.cli.client.CommandFailed;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** The same work for many files. */
final class Parallel {
  /** As many connections as the benchmarks use; more gain nothing on a small machine. */
  static final int THREADS = 8;

  private Parallel() {}

  /** The work for one. */
  interface Work<T> {
    void on(T item) throws Exception;
  }

  /** Does {@code work} for each item; the first failure ends it all. */
  static <T> void each(List<T> items, Work<T> work) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      Iterator<T> rest = items.iterator();
      List<Future<?>> workers =
          IntStream.range(0, THREADS)
              .<Future<?>>mapToObj(thread -> threads.submit(() -> drain(rest, work)))
              .toList();
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailed failed
          ? failed
          : new CommandFailed(e.getCause().toString(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static <T> Void drain(Iterator<T> rest, Work<T> work) throws Exception {
    while (!Thread.currentThread().isInterrupted()) {
      T item;
      synchronized (rest) {
        if (!rest.hasNext()) {
          return null;
        }
        item = rest.next();
      }
      work.on(item);
    }
    return null;
  }
}
