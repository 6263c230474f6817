package io.moraine.standalone.supervisor;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Starts programs stage by stage, keeps each alive, and stops them in the opposite order. A program
 * that dies is started again, on its own; one that dies more than {@value Deaths#LIMIT} times a
 * minute stops everything. One thread per program waits for its end; thread-safe.
 */
public final class Supervisor {
  /** From start to the first answer, on a machine that is busy with other things. */
  private static final Duration READY = Duration.ofMinutes(3);

  /** An orderly end: PostgreSQL's checkpoint and Kafka's controlled shutdown fit in. */
  private static final Duration STOP = Duration.ofSeconds(20);

  /** Ctrl-C reaches the children too, a moment before or after this process. */
  private static final Duration CTRL_C = Duration.ofMillis(300);

  private final RunningStack running;
  private final Consumer<String> out;
  private final Map<String, Kept> kept = new LinkedHashMap<>();
  private final List<List<Kept>> stages = new ArrayList<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean up;
  private final CompletableFuture<Void> failed = new CompletableFuture<>();

  /**
   * @param out takes one line at a time, for the person who started it
   */
  public Supervisor(RunningStack running, Consumer<String> out) {
    this.running = running;
    this.out = out;
  }

  /**
   * Starts the programs of a stage side by side and returns when all are ready. Fails with {@link
   * ChildFailed} as soon as one cannot.
   */
  public void start(List<Program> programs) {
    List<Kept> stage = programs.stream().map(Kept::new).toList();
    synchronized (this) {
      stages.add(stage);
      stage.forEach(each -> kept.put(each.program.name(), each));
    }
    stage.forEach(Kept::begin);
    CompletableFuture<?> all =
        CompletableFuture.allOf(
            stage.stream().map(each -> each.firstReady).toArray(CompletableFuture[]::new));
    CompletableFuture<Void> anyFailed = new CompletableFuture<>();
    stage.forEach(
        each ->
            each.firstReady.whenComplete(
                (ready, failure) -> {
                  if (failure != null) {
                    anyFailed.completeExceptionally(failure);
                  }
                }));
    join(CompletableFuture.anyOf(all, anyFailed, failed));
  }

  /** Says that every stage was started. */
  public void up() throws IOException {
    up = true;
    report();
  }

  /**
   * Returns when {@link #stop} was called; fails with {@link ChildFailed} when a program is given
   * up.
   */
  public void await() {
    join(failed);
  }

  /** Stops the stages in opposite order; each program has a bounded time before it is killed. */
  public void stop() {
    stopping.countDown();
    List<List<Kept>> order;
    synchronized (this) {
      order = new ArrayList<>(stages);
    }
    for (int i = order.size() - 1; i >= 0; i--) {
      order.get(i).forEach(Kept::release);
      order.get(i).forEach(Kept::end);
    }
    failed.complete(null);
  }

  /** A program and the process that runs it now. */
  private final class Kept {
    private final Program program;
    private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
    private final Deaths deaths = new Deaths();
    private volatile Child child;
    private volatile boolean ready;

    Kept(Program program) {
      this.program = program;
    }

    void begin() {
      Thread thread = new Thread(this::keep, "keep-" + program.name());
      thread.setDaemon(true);
      thread.start();
    }

    private void keep() {
      try {
        run();
        while (stopping.getCount() > 0) {
          restart();
        }
      } catch (ChildFailed | IOException | UncheckedIOException e) {
        ChildFailed failure =
            e instanceof ChildFailed known
                ? known
                : new ChildFailed(program.name() + " could not be started: " + e.getMessage());
        firstReady.completeExceptionally(failure);
        failed.completeExceptionally(failure);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** The first life: dying before it was ready is a failure, not a reason to try again. */
    private void run() throws IOException, InterruptedException {
      Instant start = Instant.now();
      launch();
      child.awaitReady(READY);
      becomeReady();
      out.accept(
          String.format(Locale.ROOT, "  %-16s ready after %.1f s", program.name(), since(start)));
      firstReady.complete(null);
    }

    private void restart() throws IOException, InterruptedException {
      String end = child.awaitEnd();
      if (stoppingSoon()) {
        return;
      }
      ready = false;
      String what = program.name() + " " + end + " (log: " + program.log() + ")";
      if (deaths.tooMany(Instant.now())) {
        throw new ChildFailed(
            what
                + "; it died more than "
                + Deaths.LIMIT
                + " times within a minute, so everything is stopped. It said last: "
                + child.lastWords());
      }
      out.accept(what + "; starting it again.");
      Instant start = Instant.now();
      launch();
      try {
        child.awaitReady(READY);
      } catch (ChildFailed e) {
        // Dead again, or deaf: the next turn of the loop counts it.
        child.kill();
        return;
      }
      becomeReady();
      out.accept(
          String.format(
              Locale.ROOT, "%s is ready again after %.1f s.", program.name(), since(start)));
    }

    private void launch() throws IOException, InterruptedException {
      child = Child.start(program);
      report();
      if (stopping.getCount() == 0) {
        child.release();
      }
    }

    private void becomeReady() throws IOException {
      ready = true;
      report();
    }

    void release() {
      if (child != null) {
        child.release();
      }
    }

    void end() {
      if (child == null) {
        return;
      }
      try {
        child.stop(STOP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean stoppingSoon() throws InterruptedException {
    return stopping.await(CTRL_C.toMillis(), MILLISECONDS);
  }

  private synchronized void report() throws IOException {
    List<RunningStack.Entry> entries = new ArrayList<>();
    entries.add(RunningStack.Entry.of(RunningStack.SUPERVISOR, ProcessHandle.current(), up, 0));
    for (Kept each : kept.values()) {
      Child child = each.child;
      if (child != null) {
        entries.add(
            RunningStack.Entry.of(
                each.program.name(), child.handle(), each.ready, each.deaths.total()));
      }
    }
    running.write(entries);
  }

  private static double since(Instant start) {
    return Duration.between(start, Instant.now()).toMillis() / 1000.0;
  }

  private static void join(CompletableFuture<?> future) {
    try {
      future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ChildFailed failure) {
        throw failure;
      }
      throw e;
    }
  }
}
