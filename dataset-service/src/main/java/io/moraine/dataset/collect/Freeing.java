package io.moraine.dataset.collect;

import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Store;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Says what a deletion would free, by marking as the collector does, without changing anything. It
 * takes as long as a run's marking: one at a time in this process. Blocking, thread-safe.
 */
@ApplicationScoped
public class Freeing {
  private static final long PATIENCE_SECONDS = 60;

  private final SessionStore sessions;
  private final StoredContents stored;
  private final Semaphore turn = new Semaphore(1, true);

  Freeing(SessionStore sessions, StoredContents stored) {
    this.sessions = sessions;
    this.stored = stored;
  }

  /**
   * What only {@code dataset} has, or only its one {@code version}: what a collector frees, after
   * the grace period, once those are deleted.
   */
  public Freed count(Store store, DatasetId dataset, Optional<VersionId> version) {
    awaitTurn();
    try (Session session = sessions.open()) {
      MarkStore marks = new MarkStore(session, store);
      Marking marking = new Marking(stored, store, marks);
      marks.markRootsBut(Optional.of(dataset), version);
      marking.follow(false);
      marks.markDoomedRoots(dataset, version);
      marking.follow(true);
      return marks.doomed(dataset, version);
    } finally {
      turn.release();
    }
  }

  private void awaitTurn() {
    try {
      if (turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RequestProblem.Unavailable("The count of what a deletion frees").exception();
  }
}
