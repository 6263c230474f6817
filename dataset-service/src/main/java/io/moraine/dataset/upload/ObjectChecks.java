package io.moraine.dataset.upload;

import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.LaneThreads;
import io.moraine.dataset.content.Store;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Looks at the objects of requests, a few at once of each bucket over all requests; more wait, no
 * more than {@code quarkus.thread-pool.max-threads} requests of 1,000 objects. Asking whether
 * objects are there does not wait for those that are read whole. Thread-safe, blocking.
 */
@ApplicationScoped
class ObjectChecks {
  /** Two packs at once of a bucket that is not ours; of four such buckets. */
  private static final int OTHER_SHARE = 2;

  private static final int OTHERS = 8;
  private static final int MOST_WAITING = 1_000_000;

  private final Contents contents;
  private final LaneThreads threads;
  private final LaneThreads looking;

  ObjectChecks(
      Contents contents, @ConfigProperty(name = "moraine.uploads.parallel-checks") int parallel) {
    this.contents = contents;
    this.threads = new LaneThreads("object-check", parallel, OTHER_SHARE, OTHERS, MOST_WAITING);
    this.looking = new LaneThreads("object-look", parallel, OTHER_SHARE, OTHERS, MOST_WAITING);
  }

  @PreDestroy
  void close() {
    threads.close();
    looking.close();
  }

  /**
   * What {@code check} says of each object of {@code store}, in order. Fails as the first that
   * fails.
   */
  <T> List<T> all(Store store, List<UploadObject> objects, Function<UploadObject, T> check) {
    return on(threads.of(contents.lane(store)), objects, check);
  }

  /** As {@link #all}, of a {@code look} that reads none of their bytes. */
  <T> List<T> looks(Store store, List<UploadObject> objects, Function<UploadObject, T> look) {
    return on(looking.of(contents.lane(store)), objects, look);
  }

  private static <T> List<T> on(
      Executor lane, List<UploadObject> objects, Function<UploadObject, T> check) {
    List<FutureTask<T>> answers = new ArrayList<>();
    for (UploadObject object : objects) {
      FutureTask<T> answer = new FutureTask<>(() -> check.apply(object));
      answers.add(answer);
      lane.execute(answer);
    }
    List<T> all = new ArrayList<>();
    try {
      for (FutureTask<T> answer : answers) {
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
