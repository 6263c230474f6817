package io.moraine.cache.link;

import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Looks for datasets whose links are to be made. */
@ApplicationScoped
public class LinkWorker {
  private static final int AT_ONCE = 2;
  private static final int MOST = 100;
  private static final Duration POLL = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WorkLoop<WishedLinks.Due> loop;

  LinkWorker(LinkStore store, DatasetLinks links) {
    this.loop =
        new WorkLoop<>(
            "links", AT_ONCE, POLL, () -> store.due(MOST).await().atMost(PATIENCE), links::make);
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
