package io.moraine.dataset.imports;

import java.util.Optional;

/**
 * Up to where all of the source is in the draft.
 *
 * @param key in the order of the source: an object's key, or how many entries; none at its begin
 * @param files that the draft has of it, of so many {@code bytes} of the source
 */
record Checkpoint(Optional<String> key, long files, long bytes) {
  static final Checkpoint NOTHING = new Checkpoint(Optional.empty(), 0, 0);

  /** How many entries come before it, where keys are counts. */
  long entries() {
    return key.map(Long::parseLong).orElse(0L);
  }
}
