package io.moraine.content.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Notices bodies that stand still. A request's own timeout is over with the headers of its answer;
 * the reader of a body that never goes on would wait for ever, since a peer that lost its power or
 * its network says nothing. Slow is not still: what moves may take its time. Thread-safe.
 */
public final class StallWatch {
  /** When nothing moved for so long, nothing will. */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(30);

  /** Looks within the limit: a stall is noticed a quarter of the limit late at most. */
  private static final int LOOKS = 4;

  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private final long limitNanos;

  /** A body may stand still for so long. */
  public StallWatch(Duration limit) {
    limitNanos = limit.toNanos();
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "stall-watch");
              thread.setDaemon(true);
              return thread;
            });
    // A body that is closed is let go of at once, its buffers with it.
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  /**
   * The body of an answer as it comes, to be closed by who reads it. A read that gets nothing for
   * too long, or a connection that breaks, is an {@link UnansweredException} that names {@code
   * asked}; the time between two reads does not count.
   */
  public BodyHandler<InputStream> body(URI asked) {
    return answer ->
        BodySubscribers.mapping(BodySubscribers.ofInputStream(), in -> new Incoming(asked, in));
  }

  private final class Incoming extends InputStream {
    private final URI asked;
    private final InputStream in;
    private final ScheduledFuture<?> looking;
    private volatile long waitingSince;
    private volatile boolean isWaiting;
    private volatile boolean isStalled;

    Incoming(URI asked, InputStream in) {
      this.asked = asked;
      this.in = in;
      long pause = limitNanos / LOOKS;
      looking = CLOCK.scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.NANOSECONDS);
    }

    private void look() {
      if (isWaiting && System.nanoTime() - waitingSince >= limitNanos) {
        isStalled = true;
        looking.cancel(false);
        closeQuietly();
      }
    }

    /** Ends the connection, and with it the read that waits. */
    private void closeQuietly() {
      try {
        in.close();
      } catch (IOException e) {
        // The reader is told anyhow.
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      waitingSince = System.nanoTime();
      isWaiting = true;
      try {
        return in.read(into, offset, length);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        throw isStalled
            ? UnansweredException.stalled(asked, "nothing came for " + limit() + ".")
            : UnansweredException.brokenOff(asked, e);
      } finally {
        isWaiting = false;
      }
    }

    @Override
    public void close() throws IOException {
      looking.cancel(false);
      in.close();
    }
  }

  /** Bytes to be sent, and how long none of them went. */
  static final class Outgoing implements BodyPublisher {
    private final BodyPublisher whole;
    private volatile long movedAt = System.nanoTime();
    private volatile boolean isSent;

    Outgoing(byte[] bytes) {
      whole = BodyPublishers.ofByteArray(bytes);
    }

    @Override
    public long contentLength() {
      return whole.contentLength();
    }

    /** Whether the connection took all of them. */
    boolean isSent() {
      return isSent;
    }

    long stillNanos() {
      return System.nanoTime() - movedAt;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      whole.subscribe(
          new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
              subscriber.onSubscribe(subscription);
            }

            @Override
            public void onNext(ByteBuffer some) {
              movedAt = System.nanoTime();
              subscriber.onNext(some);
            }

            @Override
            public void onError(Throwable failure) {
              subscriber.onError(failure);
            }

            @Override
            public void onComplete() {
              movedAt = System.nanoTime();
              isSent = true;
              subscriber.onComplete();
            }
          });
    }
  }

  /** How long {@code body} may still go on as it is; not positive when it stands still. */
  long leftNanos(Outgoing body, Duration answerLimit) {
    return (body.isSent() ? answerLimit.toNanos() : limitNanos) - body.stillNanos();
  }

  /** For messages. */
  String limit() {
    return Duration.ofNanos(limitNanos).toSeconds() + " s";
  }
}
