package io.moraine.dataset.file;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.moraine.content.file.FileCutter;
import io.moraine.content.format.Limits;
import io.moraine.dataset.content.Lane;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The memory that uploads are held in, shared by all of them. Thread-safe. */
@ApplicationScoped
public class UploadMemory {
  /** Memory that one put has until it is closed. For one thread. */
  public final class Share implements AutoCloseable {
    private final Semaphore ofLane;
    private int kibibytes;

    private Share(Semaphore ofLane, int kibibytes) {
      this.ofLane = ofLane;
      this.kibibytes = kibibytes;
    }

    /** Whether there is room for one more piece at once: a put can do without. */
    boolean growByPiece() {
      if (!ofLane.tryAcquire(PIECE_KIBIBYTES)) {
        return false;
      }
      if (!free.tryAcquire(PIECE_KIBIBYTES)) {
        ofLane.release(PIECE_KIBIBYTES);
        return false;
      }
      kibibytes += PIECE_KIBIBYTES;
      return true;
    }

    @Override
    public void close() {
      free.release(kibibytes);
      ofLane.release(kibibytes);
    }
  }

  private static final int PIECE_KIBIBYTES = Limits.PIECE_BYTES >> 10;

  private static final long LEAST_BYTES = 64 << 10;

  private final int mostKibibytes;
  private final Semaphore free;
  // Gone when no share is left that has one.
  private final Cache<Lane, Semaphore> lanes = Caffeine.newBuilder().weakValues().build();
  private final Duration patience;

  UploadMemory(
      @ConfigProperty(name = "moraine.uploads.memory-bytes") long bytes,
      @ConfigProperty(name = "moraine.uploads.patience") Duration patience) {
    if (bytes < Limits.PIECE_BYTES) {
      throw new IllegalArgumentException(
          "moraine.uploads.memory-bytes is " + bytes + "; one piece needs " + Limits.PIECE_BYTES);
    }
    // Not fair: small files need not wait behind a large one.
    this.mostKibibytes = Math.toIntExact(bytes >> 10);
    this.free = new Semaphore(mostKibibytes);
    this.patience = patience;
  }

  /** As {@link #take(Lane, long)}, for what is about no bucket of a team's own. */
  public Share take(long length) {
    return take(Lane.MANAGED, length);
  }

  /**
   * Waits for as much as a body of {@code length} bytes needs, a piece at most. Blocking. Fails
   * with a 503 when there is none for too long. What waits for one bucket of a team's own never has
   * more than half of the memory, or a piece: if that bucket hangs, there is some for the others.
   */
  public Share take(Lane lane, long length) {
    long bytes =
        length == FileCutter.UNKNOWN_LENGTH || length > Limits.PIECE_BYTES
            ? Limits.PIECE_BYTES
            : Math.max(LEAST_BYTES, length);
    int kibibytes = (int) ((bytes + 1023) >> 10);
    Semaphore ofLane = lanes.get(lane, l -> new Semaphore(most(l)));
    long end = System.nanoTime() + patience.toNanos();
    try {
      if (ofLane.tryAcquire(kibibytes, patience.toNanos(), TimeUnit.NANOSECONDS)) {
        boolean taken = false;
        try {
          taken = free.tryAcquire(kibibytes, end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } finally {
          if (!taken) {
            ofLane.release(kibibytes);
          }
        }
        if (taken) {
          return new Share(ofLane, kibibytes);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new FileProblem.TooManyUploads(patience).exception();
  }

  private int most(Lane lane) {
    return lane.managed() ? mostKibibytes : Math.max(mostKibibytes / 2, PIECE_KIBIBYTES);
  }
}
