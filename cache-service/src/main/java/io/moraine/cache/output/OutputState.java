package io.moraine.cache.output;

import java.util.Locale;

/** How far an output is; see the package. */
enum OutputState {
  OPENING,
  OPEN,
  LOCAL,
  UPLOADING,
  STORED,
  DISCARDED,
  FAILED;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static OutputState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
