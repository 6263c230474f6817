package io.moraine.dataset.version;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where in its life a version is. */
public enum VersionState {
  /** Files may be put and deleted. */
  OPEN,
  /** No put is taken any more; on its way to be committed, whatever happens. */
  COMMITTING,
  /** Its files never change again. */
  COMMITTED,
  /** Hidden; its tombstone and rows are being taken care of. */
  DELETING;

  /** As rows and answers say it. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads what {@link #text} says. */
  public static VersionState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
