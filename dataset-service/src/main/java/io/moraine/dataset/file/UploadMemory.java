package io.moraine.dataset.file;

import io.moraine.content.file.FileCutter;
import io.moraine.content.format.Limits;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The memory that bodies of puts are held in, shared by all of them. Thread-safe. */
@ApplicationScoped
class UploadMemory {
  /** Memory that one put has until it is closed. */
  final class Share implements AutoCloseable {
    private final int kibibytes;

    private Share(int kibibytes) {
      this.kibibytes = kibibytes;
    }

    @Override
    public void close() {
      free.release(kibibytes);
    }
  }

  /** A piece being received and one on its way to the bucket. */
  private static final long MOST_BYTES = 2L * Limits.PIECE_BYTES;

  private static final long LEAST_BYTES = 64 << 10;

  private final Semaphore free;
  private final Duration patience;

  UploadMemory(
      @ConfigProperty(name = "moraine.uploads.memory-bytes") long bytes,
      @ConfigProperty(name = "moraine.uploads.patience") Duration patience) {
    if (bytes < MOST_BYTES) {
      throw new IllegalArgumentException(
          "moraine.uploads.memory-bytes is " + bytes + "; one large file needs " + MOST_BYTES);
    }
    this.free = new Semaphore((int) (bytes >> 10), true);
    this.patience = patience;
  }

  /** Waits for as much as a body of {@code length} bytes may need; blocking, and in turn. */
  Share take(long length) {
    long bytes =
        length == FileCutter.UNKNOWN_LENGTH || length > Limits.PIECE_BYTES
            ? MOST_BYTES
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
