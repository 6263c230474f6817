package io.moraine.cli.client;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import java.time.Duration;
import java.util.Optional;

/** Asking again until something is so: through restarts of the services, but not for ever. */
public final class Patience {
  /** Between the first two questions, so that what is quick is noticed quickly. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  /** Between two questions at most, so that waiting long costs the services little. */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private Patience() {}

  /**
   * Asks until there is an answer; failures that {@linkplain CallFailed#mayPass() may pass} count
   * as none. Empty when {@code limit} is over; fails with the last failure when it was one.
   */
  public static <T> Optional<T> await(Duration limit, CheckedSupplier<Optional<T>> question)
      throws InterruptedException {
    RetryPolicy<Optional<T>> policy =
        RetryPolicy.<Optional<T>>builder()
            .handleResult(Optional.empty())
            .handleIf(failure -> failure instanceof CallFailed call && call.mayPass())
            .withBackoff(FIRST_PAUSE, LONGEST_PAUSE, 1.5)
            .withMaxRetries(-1)
            .withMaxDuration(limit)
            .build();
    try {
      return Failsafe.with(policy).get(question);
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw (InterruptedException) new InterruptedException().initCause(e);
      }
      throw e;
    }
  }

  /** The answer of a call that may be repeated, given when the service can. */
  public static <T> T answer(Duration limit, CheckedSupplier<T> call) throws InterruptedException {
    return await(limit, () -> Optional.of(call.get())).orElseThrow();
  }
}
