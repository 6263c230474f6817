package io.moraine.dataset.rebuild;

import io.moraine.content.store.ObjectStoreException;
import io.moraine.dataset.collect.Reachable;
import io.moraine.dataset.content.Buckets;
import io.moraine.kit.database.Database;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Runs the rebuild that is wanted, from its beginning again after a crash. */
@ApplicationScoped
class RebuildWorker {
  private static final Logger LOG = Logger.getLogger(RebuildWorker.class);
  private static final int ONE = 1;
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Database database;
  private final RebuildStore store;
  private final Buckets buckets;
  private final Reachable reachable;
  private final int parallel;
  private final WorkLoop<String> loop;

  RebuildWorker(
      Database database,
      RebuildStore store,
      Buckets buckets,
      Reachable reachable,
      @ConfigProperty(name = "moraine.rebuild.parallel") int parallel) {
    this.database = database;
    this.store = store;
    this.buckets = buckets;
    this.reachable = reachable;
    this.parallel = parallel;
    this.loop =
        new WorkLoop<>(
            "rebuild", ONE, POLL, () -> store.running().await().atMost(PATIENCE), this::run);
  }

  private void run(String id) {
    Rebuild rebuild = new Rebuild(database, store, buckets, reachable, parallel, id);
    try {
      rebuild.run();
    } catch (ObjectStoreException e) {
      if (e.isRetryable()) {
        throw e; // begun anew until the bucket is back
      }
      LOG.errorf(e, "The rebuild %s failed", id);
      rebuild.fail(e.getMessage());
    } catch (RuntimeException e) {
      LOG.errorf(e, "The rebuild %s failed", id);
      rebuild.fail(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  void wake() {
    loop.wake();
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
