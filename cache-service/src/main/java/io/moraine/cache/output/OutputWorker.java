package io.moraine.cache.output;

import io.moraine.cache.CacheConfig;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Looks for outputs that can be taken a step further. */
@ApplicationScoped
public class OutputWorker {
  private static final int MOST = 100;

  /** Requests wake it; this is for copies that the cache has taken in. */
  private static final Duration POLL = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WorkLoop<OutputKey> loop;

  OutputWorker(CacheConfig config, OutputStore store, AdvanceOutput outputs) {
    this.loop =
        new WorkLoop<>(
            "outputs",
            config.outputs(),
            POLL,
            () -> store.due(MOST).await().atMost(PATIENCE),
            outputs::advance);
  }

  public void start() {
    loop.start();
  }

  public void wake() {
    loop.wake();
  }

  /** Before the database does. */
  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
