package io.moraine.cache.space;

import io.moraine.vocabulary.TeamId;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much of a team's bound is used by contents on its disk and how much is reserved for those
 * that are coming. Used and reserved together never pass the bound, except after the bound was
 * lowered, until evictions have caught up. Thread-safe.
 */
public final class TeamSpace {
  private final TeamId team;
  private final Evictor evictor;
  // Held while room is looked for: two that look at once would evict twice for one need.
  private final ReentrantLock looking = new ReentrantLock();

  // Guarded by this.
  private long limitBytes;
  private long usedBytes;
  private long reservedBytes;
  // At most so many of the used ones are in no version: an eviction unlinks them first.
  private long looseBytes;

  /**
   * @param usedBytes of the contents that are on the disk
   * @param looseBytes of those among them that no version has
   */
  public TeamSpace(TeamId team, long limitBytes, long usedBytes, long looseBytes, Evictor evictor) {
    this.team = team;
    this.limitBytes = limitBytes;
    this.usedBytes = usedBytes;
    this.looseBytes = looseBytes;
    this.evictor = evictor;
  }

  /** All three at one moment. */
  public record Figures(long limitBytes, long usedBytes, long reservedBytes) {}

  public synchronized Figures figures() {
    return new Figures(limitBytes, usedBytes, reservedBytes);
  }

  /** Sets the bound, and evicts what is beyond it as far as that may go. May block. */
  public void limit(long bytes) {
    looking.lock();
    try {
      synchronized (this) {
        limitBytes = bytes;
      }
      long excess = excessBytes();
      while (excess > 0 && evict(excess)) {
        excess = excessBytes();
      }
    } finally {
      looking.unlock();
    }
  }

  /** Everything that no version has is unlinked, and so many bytes with it. */
  public synchronized void swept(long bytes) {
    usedBytes -= bytes;
    looseBytes = 0;
  }

  /** Bytes that were used are unlinked. */
  public synchronized void giveBack(long bytes) {
    usedBytes -= bytes;
  }

  /** A reservation of nothing yet; close it whatever happens. */
  public Reservation reservation() {
    return new Reservation();
  }

  /** Whether a reservation of so many bytes may succeed now; nothing is evicted. May block. */
  public boolean mayHaveRoom(long bytes) {
    return evictor.evictableBytes(team) + looseBytes() >= bytes + excessBytes();
  }

  private void take(long bytes) {
    looking.lock();
    try {
      boolean more = true;
      while (!tryTake(bytes)) {
        // Nothing is evicted where all of it would not be enough.
        if (!more || !mayHaveRoom(bytes)) {
          throw new NoRoomException(bytes, figures());
        }
        more = evict(bytes + excessBytes());
      }
    } finally {
      looking.unlock();
    }
  }

  /** Whether it is worth looking for room again. */
  private boolean evict(long bytes) {
    boolean hasLoose = looseBytes() > 0;
    long freed = evictor.evict(team, hasLoose ? 0 : bytes);
    swept(freed);
    return hasLoose || freed > 0;
  }

  private synchronized long looseBytes() {
    return looseBytes;
  }

  private synchronized boolean tryTake(long bytes) {
    if (bytes > -excessBytes()) {
      return false;
    }
    reservedBytes += bytes;
    return true;
  }

  private synchronized long excessBytes() {
    return usedBytes + reservedBytes - limitBytes;
  }

  /** Bytes that one fill may write. Thread-safe. */
  public final class Reservation implements AutoCloseable {
    // Guarded by the space.
    private long leftBytes;

    private Reservation() {}

    /**
     * Reserves more, evicting where that is needed. May block.
     *
     * @throws NoRoomException when too little may be evicted; what was reserved before stays
     */
    public void grow(long bytes) {
      take(bytes);
      synchronized (TeamSpace.this) {
        leftBytes += bytes;
      }
    }

    /** Reserved bytes are on the disk now, and used. */
    public void spend(long bytes) {
      synchronized (TeamSpace.this) {
        if (bytes > leftBytes) {
          throw new IllegalStateException(
              "%,d bytes were written of which only %,d were reserved".formatted(bytes, leftBytes));
        }
        leftBytes -= bytes;
        reservedBytes -= bytes;
        usedBytes += bytes;
      }
    }

    /** Gives back what was not spent. */
    @Override
    public void close() {
      synchronized (TeamSpace.this) {
        reservedBytes -= leftBytes;
        leftBytes = 0;
      }
    }
  }
}
