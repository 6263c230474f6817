package io.moraine.cache.space;

import io.moraine.vocabulary.TeamId;

/** Makes room in a team's cache. */
@FunctionalInterface
public interface Evictor {
  /**
   * Takes what was least recently used out of the cache until {@code bytes} are unlinked, as far as
   * there is something that may go. May block.
   *
   * @return the bytes that were unlinked, perhaps fewer or more; 0 when nothing may go
   */
  long evict(TeamId team, long bytes);
}
