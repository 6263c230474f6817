package io.moraine.dataset.hold;

import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;

/** Deletes the rows of holds that have expired: they hold nothing any more, but take room. */
@ApplicationScoped
class ExpiredHoldsWorker {
  private static final int PARALLEL = 1;
  private static final int BATCH = 1_000;
  private static final Duration POLL = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HoldStore store;
  private final WorkLoop<Integer> loop;

  ExpiredHoldsWorker(HoldStore store) {
    this.store = store;
    this.loop = new WorkLoop<>("expired-holds", PARALLEL, POLL, this::sweep, batch -> {});
  }

  /** Sweeping is looking: nothing is left to work on. */
  private List<Integer> sweep() {
    int swept = BATCH;
    while (swept == BATCH) {
      swept = store.sweep(BATCH).await().atMost(PATIENCE);
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
