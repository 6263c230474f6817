package io.moraine.cache.version;

import io.moraine.cache.CacheConfig;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Looks for versions that shall be in the cache, each team's longest waiting first. */
@ApplicationScoped
public class FillWorker {
  private static final int MOST = 100;

  /** Wants wake it; this is for retries that a row has a time for. */
  private static final Duration POLL = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WorkLoop<VersionKey> loop;

  FillWorker(CacheConfig config, VersionStore store, FillVersion fill) {
    this.loop =
        new WorkLoop<>(
            "fill",
            config.fills(),
            POLL,
            () -> store.dueFills(config.fillsPerTeam(), MOST).await().atMost(PATIENCE),
            fill::fill);
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
