package io.moraine.cache.version;

import io.moraine.vocabulary.Sha256;
import java.util.Optional;

/**
 * What is known of a version that a team wants, or wanted, in its cache.
 *
 * @param wanted whether it shall be there when the work under way has ended
 * @param visible whether it was cached and is not gone yet
 * @param files how many it has
 * @param bytes of all its files together
 * @param reason why it failed or waits, or what ended the last attempt to fill it
 * @param missingBytes the room that it lacked when it was looked for last
 */
public record CachedVersion(
    VersionKey key,
    VersionState state,
    boolean wanted,
    boolean visible,
    Sha256 digest,
    long files,
    long bytes,
    Optional<String> reason,
    Optional<Long> missingBytes) {
  /** Whether a fill is under way or in the queue. */
  public boolean isOnItsWay() {
    return state == VersionState.WANTED || state == VersionState.FILLING;
  }
}
