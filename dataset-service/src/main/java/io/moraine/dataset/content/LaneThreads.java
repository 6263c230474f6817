package io.moraine.dataset.content;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Threads for work that waits for buckets: no lane has more of them at once than its share, however
 * much it has waiting, so that the others go on when one hangs. Lanes with work take turns.
 * Thread-safe.
 */
public final class LaneThreads implements AutoCloseable {
  private static final class Queued {
    private final Lane lane;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private int running;
    private boolean hasTurn;

    Queued(Lane lane) {
      this.lane = lane;
    }
  }

  private final int managedShare;
  private final int otherShare;
  private final int mostRunning;
  private final int mostWaiting;
  private final ExecutorService threads;

  // Guarded by this. Lanes that have nothing to do are not there.
  private final Map<Lane, Queued> lanes = new HashMap<>();
  // Those that have a task waiting and not their share of threads.
  private final Queue<Queued> turns = new ArrayDeque<>();
  private int running;
  private int waiting;

  /**
   * @param managedShare threads of the managed lane at once
   * @param otherShare threads of any other lane at once
   * @param others threads of all other lanes at once, at least
   * @param mostWaiting tasks over all lanes; more are refused
   */
  public LaneThreads(String name, int managedShare, int otherShare, int others, int mostWaiting) {
    this.managedShare = managedShare;
    this.otherShare = otherShare;
    this.mostRunning = managedShare + others;
    this.mostWaiting = mostWaiting;
    // As many as run; one that has just ended its task may still be there when the next begins.
    this.threads = Executors.newCachedThreadPool(task -> daemon(task, name));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** The threads as one lane has them. */
  public Executor of(Lane lane) {
    return task -> execute(lane, task);
  }

  /** Fails with a {@link RejectedExecutionException} when too much waits already. */
  public synchronized void execute(Lane lane, Runnable task) {
    if (waiting == mostWaiting) {
      throw new RejectedExecutionException(mostWaiting + " tasks wait already");
    }
    Queued queued = lanes.computeIfAbsent(lane, Queued::new);
    queued.tasks.add(task);
    waiting++;
    giveTurn(queued);
    beginWhatMay();
  }

  private void giveTurn(Queued queued) {
    int share = queued.lane.managed() ? managedShare : otherShare;
    if (!queued.hasTurn && !queued.tasks.isEmpty() && queued.running < share) {
      queued.hasTurn = true;
      turns.add(queued);
    }
  }

  private void beginWhatMay() {
    while (running < mostRunning && !turns.isEmpty() && !threads.isShutdown()) {
      Queued next = turns.remove();
      next.hasTurn = false;
      Runnable task = next.tasks.remove();
      waiting--;
      running++;
      next.running++;
      giveTurn(next);
      threads.execute(() -> run(next, task));
    }
  }

  private void run(Queued queued, Runnable task) {
    try {
      task.run();
    } finally {
      ended(queued);
    }
  }

  private synchronized void ended(Queued queued) {
    running--;
    queued.running--;
    if (queued.running == 0 && queued.tasks.isEmpty()) {
      lanes.remove(queued.lane);
    }
    giveTurn(queued);
    beginWhatMay();
  }

  /** What runs is interrupted, what waits never begins. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
