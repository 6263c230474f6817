package io.moraine.dataset.file;

import io.moraine.content.file.FileCutter;
import io.moraine.content.format.Limits;
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
    private int kibibytes;

    private Share(int kibibytes) {
      this.kibibytes = kibibytes;
    }

    /** Whether there is room for one more piece at once: a put can do without. */
    boolean growByPiece() {
      boolean grown = free.tryAcquire(PIECE_KIBIBYTES);
      kibibytes += grown ? PIECE_KIBIBYTES : 0;
      return grown;
    }

    @Override
    public void close() {
      free.release(kibibytes);
    }
  }

  private static final int PIECE_KIBIBYTES = Limits.PIECE_BYTES >> 10;

  private static final long LEAST_BYTES = 64 << 10;

  private final Semaphore free;
  private final Duration patience;

  UploadMemory(
      @ConfigProperty(name = "moraine.uploads.memory-bytes") long bytes,
      @ConfigProperty(name = "moraine.uploads.patience") Duration patience) {
    if (bytes < Limits.PIECE_BYTES) {
      throw new IllegalArgumentException(
          "moraine.uploads.memory-bytes is " + bytes + "; one piece needs " + Limits.PIECE_BYTES);
    }
    // Not fair: small files need not wait behind a large one.
    this.free = new Semaphore(Math.toIntExact(bytes >> 10));
    this.patience = patience;
  }

  /**
   * Waits for as much as a body of {@code length} bytes needs, a piece at most. Blocking. Fails
   * with a 503 when there is none for too long.
   */
  public Share take(long length) {
    long bytes =
        length == FileCutter.UNKNOWN_LENGTH || length > Limits.PIECE_BYTES
            ? Limits.PIECE_BYTES
            : Math.max(LEAST_BYTES, length);
    int kibibytes = (int) ((bytes + 1023) >> 10);
    try {
      if (free.tryAcquire(kibibytes, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Share(kibibytes);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new FileProblem.TooManyUploads(patience).exception();
  }
}
