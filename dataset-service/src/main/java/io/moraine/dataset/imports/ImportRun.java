package io.moraine.dataset.imports;

import io.moraine.vocabulary.ImportId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * An import under way in this process: how far it is, and whether it is to go on. One thread works
 * on it; others read its position and stop it.
 */
final class ImportRun {
  /** How far it is, as it is kept. */
  record Position(long files, long bytes, Optional<Long> totalBytes, Checkpoint done) {}

  private static final Runnable NOTHING = () -> {};

  private final ImportId id;
  private final Consumer<String> keepRevision;
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile Optional<Long> totalBytes;
  private volatile Checkpoint done;
  private volatile boolean isOverdue;
  private volatile Runnable onStop = NOTHING;
  private Optional<String> revision;
  private boolean isFresh;

  /**
   * @param revision what is in the draft is of it, if anything is
   * @param isFresh whether the draft was just made: nothing is in it
   * @param keepRevision remembers what the source was found to be
   */
  ImportRun(
      ImportId id,
      Checkpoint done,
      Optional<String> revision,
      boolean isFresh,
      Consumer<String> keepRevision) {
    this.id = id;
    this.keepRevision = keepRevision;
    begin(done, Optional.empty());
    this.revision = revision;
    this.isFresh = isFresh;
  }

  private void begin(Checkpoint from, Optional<Long> total) {
    this.done = from;
    this.totalBytes = total;
    files.set(from.files());
    bytes.set(from.bytes());
  }

  /** The draft is a new one. */
  void beginAnew() {
    begin(Checkpoint.NOTHING, Optional.empty());
    revision = Optional.empty();
    isFresh = true;
  }

  /** The source is read from its begin once more; what is done stays so. */
  void rewind() {
    files.set(0);
    bytes.set(0);
  }

  ImportId id() {
    return id;
  }

  Checkpoint done() {
    return done;
  }

  Position position() {
    return new Position(files.get(), bytes.get(), totalBytes, done);
  }

  /** What the source was found to be, now or when it was begun. */
  Optional<String> revision() {
    return revision;
  }

  /**
   * Says what the source is found to be. Fails when the draft has something of another, or of what
   * cannot be told: it is to be begun anew.
   *
   * @param what the source, for people
   */
  void pin(String what, Optional<String> found) throws SourceChangedException {
    if (!isFresh && (found.isEmpty() || !found.equals(revision))) {
      throw new SourceChangedException(what);
    }
    if (!found.equals(revision)) {
      found.ifPresent(keepRevision);
      revision = found;
    }
  }

  void total(long sourceBytes) {
    totalBytes = Optional.of(sourceBytes);
  }

  /** So many more bytes of the source were read. Fails when it is not to go on. */
  void read(long count) {
    bytes.addAndGet(count);
    requireGoing();
  }

  void fileDone() {
    files.incrementAndGet();
  }

  /** All of the source up to {@code key} is in the draft, and nothing behind it. */
  void checkpoint(String key) {
    done = new Checkpoint(Optional.of(key), files.get(), bytes.get());
  }

  void requireGoing() {
    if (stopped.getCount() == 0) {
      throw new ImportStoppedException();
    }
  }

  /** Waits; fails at once when it is not to go on. */
  void pause(Duration time) throws IOException {
    try {
      if (stopped.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ImportStoppedException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SourceBrokenException("interrupted", e);
    }
  }

  /** What ends whatever the working thread may be waiting for now. */
  void onStop(Runnable end) {
    onStop = end;
    if (stopped.getCount() == 0) {
      end.run();
    }
  }

  /** Ends it, from any thread. */
  void stop() {
    stopped.countDown();
    onStop.run();
  }

  /** As {@link #stop}, because it takes too long. */
  void overdue() {
    isOverdue = true;
    stop();
  }

  boolean isOverdue() {
    return isOverdue;
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }
}
