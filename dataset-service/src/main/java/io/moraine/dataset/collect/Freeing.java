package io.moraine.dataset.collect;

import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Store;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Says what a deletion would free, by marking as the collector does, without changing anything. It
 * takes as long as a run's marking: one at a time for each team, and a few in this process.
 * Blocking, thread-safe.
 */
@ApplicationScoped
public class Freeing {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Each has a connection, and marks in the database's memory. */
  private static final int MOST = 4;

  private final SessionStore sessions;
  private final StoredContents stored;
  private final Semaphore turns = new Semaphore(MOST, true);
  private final Map<TeamId, Semaphore> ofTeams = new ConcurrentHashMap<>();

  Freeing(SessionStore sessions, StoredContents stored) {
    this.sessions = sessions;
    this.stored = stored;
  }

  /**
   * What only {@code dataset} has, or only its one {@code version}: what a collector frees, after
   * the grace period, once those are deleted.
   */
  public Freed count(Store store, DatasetId dataset, Optional<VersionId> version) {
    Semaphore ofTeam = ofTeams.computeIfAbsent(store.team(), team -> new Semaphore(1, true));
    long end = System.nanoTime() + PATIENCE.toNanos();
    awaitTurn(ofTeam, end);
    try {
      awaitTurn(turns, end);
      try {
        return countNow(store, dataset, version);
      } finally {
        turns.release();
      }
    } finally {
      ofTeam.release();
    }
  }

  private Freed countNow(Store store, DatasetId dataset, Optional<VersionId> version) {
    try (Session session = sessions.open()) {
      MarkStore marks = new MarkStore(session, store);
      Marking marking = new Marking(stored, store, marks);
      marks.markRootsBut(Optional.of(dataset), version);
      marking.follow(false);
      marks.markDoomedRoots(dataset, version);
      marking.follow(true);
      return marks.doomed(dataset, version);
    }
  }

  private static void awaitTurn(Semaphore turns, long end) {
    try {
      if (turns.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RequestProblem.Unavailable("The count of what a deletion frees").exception();
  }
}
