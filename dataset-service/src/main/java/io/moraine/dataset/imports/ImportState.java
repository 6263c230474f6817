package io.moraine.dataset.imports;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where in its life an import is. */
public enum ImportState {
  /** Nobody has begun it. */
  QUEUED,
  /** Fetching, or about to go on after a failure that may pass. */
  RUNNING,
  /** Everything is in its version, which becomes committed: nothing stops it now. */
  COMMITTING,
  /** Its version is committed. */
  DONE,
  /** It has no version, and a reason. */
  FAILED,
  /** It has no version, because somebody wanted it to end. */
  CANCELLED;

  /** As rows and answers say it. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads what {@link #text} says. */
  static ImportState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
