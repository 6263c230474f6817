package io.moraine.content.transfer;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;

/** HTTP requests, repeated with growing pauses while their failure may pass. Thread-safe. */
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
  }

  private static boolean mayPass(Throwable failure) {
    if (failure instanceof CallRefusedException refused) {
      return refused.status() >= SERVER_ERRORS || refused.status() == TOO_MANY_REQUESTS;
    }
    return failure instanceof IOException
        && !(failure instanceof FileChangedException)
        && !(failure instanceof InterruptedIOException);
  }

  /** Sends once. */
  <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body) throws IOException {
    try {
      return http.send(request, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
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
