package io.moraine.dataset.content;

import io.moraine.content.store.ObjectStoreException;
import io.moraine.dataset.content.ReferenceStore.Due;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Looks at objects that contents are read from, those first that nobody has looked at for the
 * longest time, so that a change is told of before a reader finds it. One request at a time, and so
 * many in a while; what could not be looked at has its turn again like all others.
 */
@ApplicationScoped
class SourceWatchWorker {
  private static final Logger LOG = Logger.getLogger(SourceWatchWorker.class);
  private static final int PARALLEL = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ReferenceStore store;
  private final Buckets buckets;
  private final SourceAlarm alarm;
  private final SourceMetrics metrics;
  private final SourcesConfig config;
  private final WorkLoop<List<Due>> loop;

  SourceWatchWorker(
      ReferenceStore store,
      Buckets buckets,
      SourceAlarm alarm,
      SourceMetrics metrics,
      SourcesConfig config) {
    this.store = store;
    this.buckets = buckets;
    this.alarm = alarm;
    this.metrics = metrics;
    this.config = config;
    this.loop = new WorkLoop<>("source-watch", PARALLEL, config.every(), this::look, done -> {});
  }

  /** Looking is all there is to do: nothing is left to work on. */
  private List<List<Due>> look() {
    store
        .takeDue(config.lookAgain(), buckets.down(), config.batch())
        .await()
        .atMost(PATIENCE)
        .forEach(this::look);
    return List.of();
  }

  private void look(Due due) {
    try {
      Store place = new Store(due.team(), due.object().provider());
      metrics.looked();
      alarm
          .note(due.source(), due.object(), buckets.of(place).look(due.object().object()))
          .await()
          .atMost(PATIENCE);
    } catch (ObjectStoreException | ProblemException e) {
      LOG.infof("%s cannot be looked at now: %s", due.object().object().key(), e.getMessage());
    }
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
