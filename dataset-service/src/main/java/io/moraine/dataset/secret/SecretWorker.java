package io.moraine.dataset.secret;

import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;

/** Forgets ephemeral secrets that have expired. */
@ApplicationScoped
class SecretWorker {
  private static final int ONE = 1;
  private static final int BATCH = 1_000;
  private static final Duration POLL = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SecretStore store;
  private final WorkLoop<Integer> loop;

  SecretWorker(SecretStore store) {
    this.store = store;
    this.loop = new WorkLoop<>("secrets", ONE, POLL, this::look, batch -> {});
  }

  /** It is done by looking: nothing is left to work on. */
  private List<Integer> look() {
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
