package io.moraine.dataset.version;

import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Lane;
import io.moraine.dataset.content.LaneThreads;
import io.moraine.dataset.dataset.VersionsDeleting;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
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

  /** Versions at once in one bucket that is not ours; in two such buckets. */
  private static final int OTHER_SHARE = 1;

  private static final int OTHERS = 2;

  private final VersionStore store;
  private final CommitVersion commit;
  private final DeleteVersion delete;
  private final Contents contents;
  private final Buckets buckets;
  private final LaneThreads threads;
  private final WorkLoop<VersionKey> loop;
  private final ConcurrentMap<VersionKey, CompletableFuture<Void>> underWay =
      new ConcurrentHashMap<>();

  VersionWorker(
      VersionStore store,
      CommitVersion commit,
      DeleteVersion delete,
      Contents contents,
      Buckets buckets,
      @ConfigProperty(name = "moraine.versions.parallel") int parallel,
      @ConfigProperty(name = "moraine.versions.look-every") Duration lookEvery) {
    this.store = store;
    this.commit = commit;
    this.delete = delete;
    this.contents = contents;
    this.buckets = buckets;
    this.threads = new LaneThreads("version-worker", parallel, OTHER_SHARE, OTHERS, WAITING);
    this.loop =
        new WorkLoop<>(
            "unfinished-versions",
            parallel + OTHERS,
            lookEvery,
            this::unfinished,
            this::finishOrRefuse);
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

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void wake(@Observes VersionsDeleting hint) {
    loop.wake();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
    threads.close();
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
    store
        .find(key)
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .subscribe()
        .with(found -> begin(key, found, ours), e -> fail(key, ours, e));
    return ours;
  }

  /**
   * As {@link #finish}, of what the state is now: what is under way may have looked at the version
   * before that.
   */
  CompletableFuture<Void> finishAnew(VersionKey key) {
    CompletableFuture<Void> theirs = underWay.get(key);
    return theirs == null
        ? finish(key)
        : theirs.handle((done, failure) -> done).thenCompose(done -> finish(key));
  }

  /** In the lane of its bucket. */
  private void begin(VersionKey key, Optional<Version> found, CompletableFuture<Void> end) {
    try {
      Lane lane = found.map(version -> contents.lane(version.store())).orElse(Lane.MANAGED);
      threads.execute(lane, () -> rollForward(key, end));
    } catch (RuntimeException e) {
      fail(key, end, e);
    }
  }

  private void fail(VersionKey key, CompletableFuture<Void> end, Throwable e) {
    underWay.remove(key);
    end.completeExceptionally(e);
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
      fail(key, end, e);
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
    return store.unfinished(buckets.down()).await().atMost(DATABASE_PATIENCE);
  }
}
