package io.moraine.cache.space;

import io.moraine.vocabulary.TeamId;

/** Makes room in a team's cache. Blocking. */
public interface Evictor {
  /** At most how many bytes could be unlinked, were everything evicted that may go. */
  long evictableBytes(TeamId team);

  /**
   * Takes what was least recently used out of the cache until {@code bytes} are unlinked, as far as
   * there is something that may go. What no version has is unlinked in any case.
   *
   * @return the bytes that were unlinked, perhaps fewer or more; 0 when nothing may go
   */
  long evict(TeamId team, long bytes);
}
