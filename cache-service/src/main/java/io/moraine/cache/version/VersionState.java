package io.moraine.cache.version;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a version is on its way into or out of the cache. */
public enum VersionState {
  /** In the queue. */
  WANTED,
  /** What is missing is being fetched. */
  FILLING,
  /** There is no room for it now; it is filled when there is. */
  WAITING,
  /** Whole and visible. */
  CACHED,
  /** On its way out. */
  EVICTING,
  /** It cannot be cached; the reason says why. */
  FAILED;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static VersionState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
