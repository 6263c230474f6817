package io.moraine.content.transfer;

import io.moraine.content.format.Limits;
import java.time.Duration;

/**
 * The bounds of a transfer.
 *
 * @param inFlight objects or ranges on their way at once; 1 to 32
 * @param hashThreads files being read and hashed at once; 1 to 32
 * @param attempts how often one request is made at most, when its failure may pass
 * @param firstPause before the second attempt; doubles
 * @param longestPause between two attempts
 * @param stall how long nothing may come or go before an attempt counts as failed
 */
public record TransferLimits(
    int inFlight,
    int hashThreads,
    int attempts,
    Duration firstPause,
    Duration longestPause,
    Duration stall) {
  /** Rides out a restart of the service: some 45 s of trying. */
  public static final TransferLimits DEFAULT =
      new TransferLimits(
          4,
          Math.min(4, Runtime.getRuntime().availableProcessors()),
          10,
          Duration.ofMillis(200),
          Duration.ofSeconds(10));

  private static final int MOST = 32;

  public TransferLimits {
    if (inFlight < 1 || inFlight > MOST || hashThreads < 1 || hashThreads > MOST) {
      throw new IllegalArgumentException(
          "a transfer has 1 to 32 objects in flight and 1 to 32 hashing threads, not "
              + inFlight
              + " and "
              + hashThreads
              + ".");
    }
    if (attempts < 1 || firstPause.isNegative() || firstPause.compareTo(longestPause) > 0) {
      throw new IllegalArgumentException(
          attempts + " attempts with pauses of " + firstPause + " to " + longestPause);
    }
    if (stall.isNegative() || stall.isZero()) {
      throw new IllegalArgumentException("nothing can move within " + stall);
    }
  }

  /** With the usual limit of standing still. */
  public TransferLimits(
      int inFlight, int hashThreads, int attempts, Duration firstPause, Duration longestPause) {
    this(inFlight, hashThreads, attempts, firstPause, longestPause, StallWatch.DEFAULT_LIMIT);
  }

  /**
   * The most bytes of contents that a push holds: what is in flight, the group that is being
   * gathered, the pack that is carried on, and one piece being read. While packs are made, as much
   * again as is in flight.
   */
  public long pushMemoryBytes() {
    return (inFlight + 3L) * Limits.OBJECT_BYTES;
  }
}
