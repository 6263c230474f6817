package io.moraine.dataset.content;

import dev.failsafe.CircuitBreaker;
import io.moraine.content.store.BucketGate;
import io.moraine.content.store.ObjectStoreException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Keeps one bucket from holding up the rest: so many requests pass at once, a few more wait, and
 * what is beyond is refused at once, as is everything for a while when the bucket did not answer
 * several times. Then one request tries, and its end decides. Thread-safe.
 */
final class ProviderGate implements BucketGate {
  private static final Logger LOG = Logger.getLogger(ProviderGate.class);

  /**
   * @param atOnce requests that pass at once
   * @param waiting more that wait for their turn
   * @param patience how long one waits
   * @param failures so many of {@code lastRequests} without an answer, and the bucket is down
   * @param retryAfter how long it then is left alone
   */
  record Limits(
      int atOnce,
      int waiting,
      Duration patience,
      int failures,
      int lastRequests,
      Duration retryAfter) {}

  private final String name;
  private final Limits limits;
  private final BucketMetrics metrics;
  private final Semaphore places;
  private final AtomicInteger inside = new AtomicInteger();
  private final CircuitBreaker<Object> breaker;

  ProviderGate(String name, Limits limits, BucketMetrics metrics) {
    this.name = name;
    this.limits = limits;
    this.metrics = metrics;
    this.places = new Semaphore(limits.atOnce(), true);
    this.breaker =
        CircuitBreaker.builder()
            .withFailureThreshold(limits.failures(), limits.lastRequests())
            .withDelay(limits.retryAfter())
            .withSuccessThreshold(1)
            .onOpen(change -> opened())
            .onClose(change -> LOG.infof("%s answers again", name))
            .build();
  }

  private void opened() {
    metrics.opened();
    LOG.warnf("%s does not answer; it is asked again in %s", name, limits.retryAfter());
  }

  /** Whether requests are refused because the bucket did not answer. */
  boolean isDown() {
    return breaker.isOpen() && !breaker.getRemainingDelay().isZero();
  }

  @Override
  public Passage enter() {
    if (isDown()) {
      throw down();
    }
    takePlace();
    if (!breaker.tryAcquirePermit()) {
      leavePlace();
      throw down();
    }
    return this::leave;
  }

  private void takePlace() {
    boolean taken = false;
    try {
      taken =
          inside.incrementAndGet() <= limits.atOnce() + limits.waiting()
              && places.tryAcquire(limits.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!taken) {
        inside.decrementAndGet();
      }
    }
    if (!taken) {
      metrics.refusedBusy();
      throw new ObjectStoreException(
          name,
          "%s has as many requests under way as it gets at once, %d (worth trying again)"
              .formatted(name, limits.atOnce()));
    }
  }

  private ObjectStoreException down() {
    metrics.refusedDown();
    return new ObjectStoreException(
        name, name + " did not answer lately, and is not asked for a while (worth trying again)");
  }

  private void leave(boolean answered) {
    if (answered) {
      breaker.recordSuccess();
    } else {
      breaker.recordFailure();
    }
    leavePlace();
  }

  private void leavePlace() {
    places.release();
    inside.decrementAndGet();
  }
}
