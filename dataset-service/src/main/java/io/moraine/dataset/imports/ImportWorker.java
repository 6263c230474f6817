package io.moraine.dataset.imports;

import io.moraine.dataset.imports.ImportStore.Claimed;
import io.moraine.kit.work.WorkLoop;
import io.moraine.vocabulary.ImportId;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Runs imports, a few at once, those of teams that have none under way first. An import belongs to
 * the process that has its lease, which is renewed as its progress is kept; so of one that was
 * killed, another goes on.
 */
@ApplicationScoped
class ImportWorker {
  private static final Logger LOG = Logger.getLogger(ImportWorker.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);

  /** Nobody of another process, or of one before this. */
  private final UUID owner = UUID.randomUUID();

  private final ImportStore store;
  private final RunImport runImport;
  private final Fetches fetches;
  private final ImportConfig config;
  private final WorkLoop<ImportId> loop;
  private final ScheduledExecutorService pulse;
  private final Collection<ImportRun> underWay = new ConcurrentLinkedQueue<>();
  private long forgotNanos = System.nanoTime() - FORGET_EVERY.toNanos();

  ImportWorker(ImportStore store, RunImport runImport, Fetches fetches, ImportConfig config) {
    this.store = store;
    this.runImport = runImport;
    this.fetches = fetches;
    this.config = config;
    this.loop =
        new WorkLoop<>("imports", config.parallel(), config.lookEvery(), this::due, this::make);
    this.pulse = Executors.newScheduledThreadPool(1, ImportWorker::thread);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "imports-pulse");
    thread.setDaemon(true);
    return thread;
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void wake(@Observes ImportsWaiting hint) {
    loop.wake();
  }

  void stop(@Observes ShutdownEvent stop) {
    underWay.forEach(ImportRun::stop);
    loop.close();
    pulse.shutdownNow();
  }

  /** No more than can be begun at once: what waits is asked for again, in its order then. */
  private List<ImportId> due() {
    if (System.nanoTime() - forgotNanos > FORGET_EVERY.toNanos()) {
      store.forgetEnded(config.shown()).await().atMost(PATIENCE);
      fetches.clean();
      forgotNanos = System.nanoTime();
    }
    int free = config.parallel() - underWay.size();
    return free > 0 ? store.due(free).await().atMost(PATIENCE) : List.of();
  }

  private void make(ImportId id) {
    Optional<Claimed> claimed = store.claim(id, owner, config.lease()).await().atMost(PATIENCE);
    claimed.ifPresent(this::run);
  }

  private void run(Claimed claimed) {
    ImportRun run = runImport.begin(claimed, owner);
    long end = System.nanoTime() + config.longest().toNanos();
    long every = config.saveEvery().toMillis();
    underWay.add(run);
    Future<?> saving =
        pulse.scheduleWithFixedDelay(() -> save(run, end), every, every, TimeUnit.MILLISECONDS);
    try {
      runImport.run(claimed, run, owner);
    } finally {
      saving.cancel(false);
      underWay.remove(run);
    }
  }

  /** Of a failure the next time may make up, as long as the lease lasts. */
  private void save(ImportRun run, long end) {
    try {
      Optional<Boolean> cancelling =
          store.save(run.id(), owner, config.lease(), run.position()).await().atMost(PATIENCE);
      if (cancelling.orElse(true)) {
        run.stop();
      }
      if (System.nanoTime() - end > 0) {
        run.overdue();
      }
    } catch (RuntimeException e) {
      LOG.warnf("The progress of %s cannot be kept now: %s", run.id(), e.getMessage());
    }
  }
}
