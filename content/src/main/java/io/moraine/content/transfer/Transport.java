package io.moraine.content.transfer;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import io.moraine.content.transfer.RangePlan.Range;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP requests, repeated with growing pauses while their failure may pass. What stands still for
 * {@link TransferLimits#stall} is a failure. Thread-safe.
 */
public final class Transport {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final double JITTER = 0.2;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERRORS = 500;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();
  private final RetryPolicy<Object> policy;
  private final StallWatch watch;
  private final RangeReader ranges;

  public Transport(TransferLimits limits) {
    var policy =
        RetryPolicy.builder()
            .handleIf(Transport::mayPass)
            .withMaxAttempts(limits.attempts())
            .withJitter(JITTER);
    this.policy =
        limits.firstPause().compareTo(limits.longestPause()) < 0
            ? policy.withBackoff(limits.firstPause(), limits.longestPause()).build()
            : policy.withDelay(limits.firstPause()).build();
    watch = new StallWatch(limits.stall());
    ranges = new RangeReader(CONNECT_LIMIT, limits.stall());
  }

  private static boolean mayPass(Throwable failure) {
    if (failure instanceof CallRefusedException refused) {
      return refused.status() >= SERVER_ERRORS || refused.status() == TOO_MANY_REQUESTS;
    }
    return failure instanceof IOException
        && !(failure instanceof FileChangedException)
        && !(failure instanceof MovedException)
        && !(failure instanceof InterruptedIOException);
  }

  /** Sends once; the request's timeout ends with the headers of the answer, whose body follows. */
  HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, watch.body(request.uri()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } catch (IOException e) {
      throw UnansweredException.none(request.uri(), e);
    }
  }

  /** Reads {@code range} of an object into the beginning of {@code into}, once. */
  void read(Range range, byte[] into) throws IOException {
    ranges.read(range, into);
  }

  /**
   * PUTs {@code bytes} once, for as long as they move; when all are sent, the answer has to come
   * within {@code answerLimit}.
   */
  HttpResponse<InputStream> upload(HttpRequest.Builder to, byte[] bytes, Duration answerLimit)
      throws IOException {
    StallWatch.Outgoing body = new StallWatch.Outgoing(bytes);
    HttpRequest request = to.PUT(body).build();
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request, watch.body(request.uri()));
    try {
      for (; ; ) {
        long left = watch.leftNanos(body, answerLimit);
        if (left <= 0) {
          throw UnansweredException.stalled(
              request.uri(),
              body.isSent()
                  ? "it took all bytes and does not answer."
                  : "it took nothing for " + watch.limit() + ".");
        }
        try {
          return answer.get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          // Some may have gone meanwhile.
          continue;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw UnansweredException.none(request.uri(), e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /**
   * Makes {@code attempt} until it succeeds, fails for good, or was made often enough: then its
   * last failure is thrown.
   */
  <T> T persist(CheckedSupplier<T> attempt) throws IOException {
    try {
      return Failsafe.with(policy).get(attempt);
    } catch (FailsafeException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        throw interrupted(e);
      }
      throw e;
    }
  }

  private static IOException interrupted(Exception cause) {
    return (IOException) new InterruptedIOException("interrupted").initCause(cause);
  }
}
