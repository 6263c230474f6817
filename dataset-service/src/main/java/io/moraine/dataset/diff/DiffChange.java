package io.moraine.dataset.diff;

import com.fasterxml.jackson.annotation.JsonValue;
import io.moraine.content.tree.Difference;
import java.util.Locale;

/** What happened to a path. */
public enum DiffChange {
  ADDED,
  REMOVED,
  CHANGED;

  static DiffChange of(Difference difference) {
    return difference.before().isEmpty() ? ADDED : difference.after().isEmpty() ? REMOVED : CHANGED;
  }

  /** As answers write it; public for the generator of the OpenAPI document. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
