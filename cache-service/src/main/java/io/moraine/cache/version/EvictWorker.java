package io.moraine.cache.version;

import io.moraine.kit.work.WorkLoop;
import io.moraine.vocabulary.TeamId;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Looks for teams of which versions shall leave the cache. */
@ApplicationScoped
public class EvictWorker {
  private static final int AT_ONCE = 2;
  private static final int MOST = 100;
  private static final Duration POLL = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WorkLoop<TeamId> loop;

  EvictWorker(VersionStore store, EvictVersion evict) {
    this.loop =
        new WorkLoop<>(
            "evict",
            AT_ONCE,
            POLL,
            () -> store.dueEvictions(MOST).await().atMost(PATIENCE),
            evict::evictUnwanted);
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
