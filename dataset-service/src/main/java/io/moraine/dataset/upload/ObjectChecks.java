package io.moraine.dataset.upload;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Looks at the objects of requests, a few at once over all requests; more wait, no more than {@code
 * quarkus.thread-pool.max-threads} requests of 1,000 objects. Asking whether objects are there does
 * not wait for those that are read whole. Thread-safe, blocking.
 */
@ApplicationScoped
class ObjectChecks {
  private final ExecutorService threads;
  private final ExecutorService looking;

  ObjectChecks(@ConfigProperty(name = "moraine.uploads.parallel-checks") int parallel) {
    this.threads = Executors.newFixedThreadPool(parallel, ObjectChecks::thread);
    this.looking = Executors.newFixedThreadPool(parallel, ObjectChecks::thread);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "object-check");
    thread.setDaemon(true);
    return thread;
  }

  @PreDestroy
  void close() {
    threads.shutdownNow();
    looking.shutdownNow();
  }

  /** What {@code check} says of each object, in order. Fails as the first that fails. */
  <T> List<T> all(List<UploadObject> objects, Function<UploadObject, T> check) {
    return on(threads, objects, check);
  }

  /** As {@link #all}, of a {@code look} that reads none of their bytes. */
  <T> List<T> looks(List<UploadObject> objects, Function<UploadObject, T> look) {
    return on(looking, objects, look);
  }

  private static <T> List<T> on(
      ExecutorService threads, List<UploadObject> objects, Function<UploadObject, T> check) {
    List<Future<T>> answers = new ArrayList<>();
    for (UploadObject object : objects) {
      answers.add(threads.submit(() -> check.apply(object)));
    }
    List<T> all = new ArrayList<>();
    try {
      for (Future<T> answer : answers) {
        all.add(answer.get());
      }
      return all;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while objects were looked at", e);
    } finally {
      answers.forEach(answer -> answer.cancel(false));
    }
  }
}
