package io.moraine.cache.space;

/**
 * What is pinned or being filled leaves too little room. The same request may succeed when pins
 * end, or with a larger bound.
 */
public final class NoRoomException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long bytes;
  private final boolean isForGood;

  NoRoomException(long bytes, TeamSpace.Figures now) {
    super(
        ("%,d bytes do not fit: the cache's bound is %,d bytes, of which %,d are used and %,d"
                + " reserved, and no more can be evicted. Release pins, or raise the bound (PUT"
                + " /cache).")
            .formatted(bytes, now.limitBytes(), now.usedBytes(), now.reservedBytes()));
    this.bytes = bytes;
    this.isForGood = bytes > now.limitBytes();
  }

  /** How many did not fit. */
  public long bytes() {
    return bytes;
  }

  /** Whether they would not fit into an empty cache: only a larger bound helps. */
  public boolean isForGood() {
    return isForGood;
  }
}
