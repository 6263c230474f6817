package io.moraine.kit.work;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Makes wanted things so. It asks {@code due} for what is wanted now, when woken and every {@code
 * poll} at the latest, and hands each item to {@code work} on one of its own threads, no item twice
 * at once. An item that fails is tried again after 0.1 s, then ever later up to 30 s, for as long
 * as {@code due} names it. Both functions may block. Since everything it knows can be asked of the
 * database again, a crash loses nothing.
 *
 * @param <T> what is worked on; its equality says what is the same work
 */
public final class WorkLoop<T> implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WorkLoop.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Names the items that are wanted now. */
  @FunctionalInterface
  public interface Due<T> {
    List<T> due() throws Exception;
  }

  /** Makes one item so; repeatable. */
  @FunctionalInterface
  public interface Work<T> {
    void make(T item) throws Exception;
  }

  private record Failed(Duration pause, Instant until) {}

  private final String name;
  private final Duration poll;
  private final Due<T> due;
  private final Work<T> work;
  private final ExecutorService threads;
  private final Semaphore woken = new Semaphore(0);
  private final Thread looker;

  // Guarded by this.
  private final Set<T> underWay = new HashSet<>();
  private final Map<T, Failed> failed = new HashMap<>();

  private volatile boolean closed;

  /**
   * @param name of the threads, and in the log
   * @param parallel how many items are worked on at once
   */
  public WorkLoop(String name, int parallel, Duration poll, Due<T> due, Work<T> work) {
    this.name = name;
    this.poll = poll;
    this.due = due;
    this.work = work;
    this.threads = Executors.newFixedThreadPool(parallel, task -> daemon(task, name));
    this.looker = daemon(this::look, name + "-looker");
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  public void start() {
    looker.start();
  }

  /** Looks again now. Cheap; call it after whatever makes something due. */
  public void wake() {
    if (woken.availablePermits() == 0) {
      woken.release();
    }
  }

  private void look() {
    while (!closed) {
      try {
        begin(due.due());
      } catch (Exception e) {
        if (closed) {
          return;
        }
        LOG.warnf("%s cannot look for work: %s", name, e.getMessage());
      }
      try {
        woken.tryAcquire(untilNextLook().toMillis(), TimeUnit.MILLISECONDS);
        woken.drainPermits();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized Duration untilNextLook() {
    Instant now = Instant.now();
    return failed.values().stream()
        .map(f -> Duration.between(now, f.until()))
        .map(d -> d.isNegative() ? FIRST_PAUSE : d)
        .reduce(poll, (a, b) -> a.compareTo(b) < 0 ? a : b);
  }

  private synchronized void begin(List<T> items) {
    failed.keySet().retainAll(new HashSet<>(items));
    Instant now = Instant.now();
    for (T item : items) {
      boolean resting = failed.containsKey(item) && failed.get(item).until().isAfter(now);
      if (!resting && underWay.add(item)) {
        threads.execute(() -> make(item));
      }
    }
  }

  private void make(T item) {
    Throwable failure = null;
    try {
      work.make(item);
    } catch (
        Throwable e) { // whatever it is: an item that stayed under way would never be tried again
      failure = e;
      if (!closed) {
        LOG.warnf("%s: %s is tried again later: %s", name, item, reason(e));
        LOG.debug("Failed work", e);
      }
    }
    ended(item, failure);
    wake();
  }

  private synchronized void ended(T item, Throwable failure) {
    underWay.remove(item);
    if (failure == null) {
      failed.remove(item);
      return;
    }
    Failed before = failed.get(item);
    Duration pause = before == null ? FIRST_PAUSE : before.pause().multipliedBy(2);
    Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    failed.put(item, new Failed(bounded, Instant.now().plus(bounded)));
  }

  private static String reason(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /**
   * Stops looking, and waits up to 5 s for what is under way: whatever does not end is as good as
   * killed.
   */
  @Override
  public void close() {
    closed = true;
    looker.interrupt();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
