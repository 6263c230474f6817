package io.moraine.dataset.lineage;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which way to walk. */
enum Direction {
  /** To what the version was made from. */
  UP,
  /** To what was made from it. */
  DOWN,
  BOTH;

  static Optional<Direction> named(String word) {
    return Arrays.stream(values())
        .filter(direction -> direction.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst();
  }
}
