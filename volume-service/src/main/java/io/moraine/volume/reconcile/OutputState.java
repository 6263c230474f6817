package io.moraine.volume.reconcile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * How far cache-service is with an output, in its own words; {@code WANTED} before it was asked.
 */
enum OutputState {
  WANTED,
  OPENING,
  OPEN,
  /** Sealed: nobody can write to it any more. */
  LOCAL,
  UPLOADING,
  /** A committed version. */
  STORED,
  DISCARDED,
  FAILED;

  @JsonValue
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  static OutputState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
