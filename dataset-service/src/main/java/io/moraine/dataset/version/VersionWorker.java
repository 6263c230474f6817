package io.moraine.dataset.version;

import io.moraine.dataset.dataset.VersionsDeleting;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Rolls versions forward on threads of its own: for requests that wait for it, and for whatever a
 * crash left committing, deleting or with staged changes that have no use any more. No version
 * twice at once in this process; in two, it is harmless.
 */
@ApplicationScoped
class VersionWorker {
  private static final Logger LOG = Logger.getLogger(VersionWorker.class);
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  /** More requests than this that wait for their turn are answered with 202. */
  private static final int WAITING = 1_000;

  private final VersionStore store;
  private final CommitVersion commit;
  private final DeleteVersion delete;
  private final ExecutorService threads;
  private final WorkLoop<VersionKey> loop;
  private final ConcurrentMap<VersionKey, CompletableFuture<Void>> underWay =
      new ConcurrentHashMap<>();

  VersionWorker(
      VersionStore store,
      CommitVersion commit,
      DeleteVersion delete,
      @ConfigProperty(name = "moraine.versions.parallel") int parallel,
      @ConfigProperty(name = "moraine.versions.look-every") Duration lookEvery) {
    this.store = store;
    this.commit = commit;
    this.delete = delete;
    this.threads =
        new ThreadPoolExecutor(
            parallel,
            parallel,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            this::thread);
    this.loop =
        new WorkLoop<>(
            "unfinished-versions", parallel, lookEvery, this::unfinished, this::finishOrRefuse);
  }

  /** A commit that was refused has come to its end too: the version is open again. */
  private void finishOrRefuse(VersionKey key) throws Exception {
    try {
      finish(key).get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ProblemException)) {
        throw e;
      }
      LOG.infof("The commit of %s was refused: %s", key, e.getCause().getMessage());
    }
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "version-worker");
    thread.setDaemon(true);
    return thread;
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void wake(@Observes VersionsDeleting hint) {
    loop.wake();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
    threads.shutdownNow();
  }

  /**
   * Brings the version to where its state leads. Never blocks. When it fails the loop goes on with
   * it later.
   */
  CompletableFuture<Void> finish(VersionKey key) {
    CompletableFuture<Void> ours = new CompletableFuture<>();
    CompletableFuture<Void> theirs = underWay.putIfAbsent(key, ours);
    if (theirs != null) {
      return theirs;
    }
    try {
      threads.execute(() -> rollForward(key, ours));
    } catch (RejectedExecutionException e) {
      underWay.remove(key);
      ours.completeExceptionally(e);
    }
    return ours;
  }

  private void rollForward(VersionKey key, CompletableFuture<Void> end) {
    try {
      Optional<Version> found = store.find(key).await().atMost(DATABASE_PATIENCE);
      found.ifPresent(this::rollForward);
      underWay.remove(key);
      end.complete(null);
      // Nobody waits for this, of a million rows perhaps; if it fails, the loop does it.
      found.filter(v -> v.state() == VersionState.COMMITTING).ifPresent(v -> commit.clear(key));
    } catch (Throwable e) {
      underWay.remove(key);
      end.completeExceptionally(e);
      noteFailed(key, e);
    }
  }

  /** What was refused has come to its end. */
  private void noteFailed(VersionKey key, Throwable failure) {
    if (!(failure instanceof ProblemException)) {
      store.noteFailed(key).subscribe().with(done -> {}, e -> LOG.debug("Not noted", e));
    }
  }

  private void rollForward(Version version) {
    switch (version.state()) {
      case OPEN -> {}
      case COMMITTING -> commit.finish(version);
      case COMMITTED -> commit.clear(version.key());
      case DELETING -> delete.finish(version);
    }
  }

  private List<VersionKey> unfinished() {
    return store.unfinished().await().atMost(DATABASE_PATIENCE);
  }
}
