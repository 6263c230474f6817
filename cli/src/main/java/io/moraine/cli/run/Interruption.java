package io.moraine.cli.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes Ctrl-C (or a SIGTERM) an interrupt of the work at hand, and keeps the JVM alive until what
 * follows the work is done too.
 */
final class Interruption implements AutoCloseable {
  /** How long what follows may take after a signal. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Thread hook = new Thread(this::signalled, "interruption");
  private final CountDownLatch done = new CountDownLatch(1);
  private Thread worker;
  private boolean requested;

  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * From here to {@link #end} a signal interrupts the calling thread, even one that came before.
   */
  synchronized void begin() {
    worker = Thread.currentThread();
    if (requested) {
      worker.interrupt();
    }
  }

  /** What follows is not interrupted: a signal that came at the very end must not reach it. */
  synchronized void end() {
    worker = null;
    Thread.interrupted();
  }

  private void signalled() {
    synchronized (this) {
      requested = true;
      if (worker != null) {
        worker.interrupt();
      }
    }
    try {
      done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is already going down: the hook is running and sees the latch.
    }
  }
}
