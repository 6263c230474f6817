package io.moraine.dataset.multipart;

import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Drops uploads that nobody goes on with, and those of versions that take nothing more. */
@ApplicationScoped
class AbandonedUploadsWorker {
  private static final int PARALLEL = 1;
  private static final int BATCH = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final MultipartStore store;
  private final Duration abandoned;
  private final WorkLoop<Integer> loop;

  AbandonedUploadsWorker(
      MultipartStore store,
      @ConfigProperty(name = "moraine.multipart.abandoned") Duration abandoned,
      @ConfigProperty(name = "moraine.multipart.look-every") Duration lookEvery) {
    this.store = store;
    this.abandoned = abandoned;
    this.loop = new WorkLoop<>("abandoned-uploads", PARALLEL, lookEvery, this::sweep, batch -> {});
  }

  /** Sweeping is looking: nothing is left to work on. */
  private List<Integer> sweep() {
    int swept = BATCH;
    while (swept == BATCH) {
      swept = store.expire(abandoned, BATCH).await().atMost(PATIENCE);
    }
    return List.of();
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
