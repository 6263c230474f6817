package io.moraine.dataset.file;

import io.moraine.content.tree.FileEntry;
import java.util.Optional;

/**
 * What a writer expects to be at a path, as {@code If-Match} and {@code If-None-Match} say it:
 * where it is otherwise, nothing is changed.
 */
public sealed interface Expected {
  /** Whatever there is. */
  Expected ANYTHING = new Anything();

  /** No file: none is replaced. */
  Expected NOTHING = new Nothing();

  /** Whether what is there is what was expected. */
  boolean isMetBy(Optional<FileEntry> found);

  /** Whatever there is. */
  record Anything() implements Expected {
    @Override
    public boolean isMetBy(Optional<FileEntry> found) {
      return true;
    }
  }

  /** No file. */
  record Nothing() implements Expected {
    @Override
    public boolean isMetBy(Optional<FileEntry> found) {
      return found.isEmpty();
    }
  }

  /**
   * A file.
   *
   * @param etag that it has, without quotes; any if there is none
   */
  record SomeFile(Optional<String> etag) implements Expected {
    @Override
    public boolean isMetBy(Optional<FileEntry> found) {
      return found.isPresent() && etag.map(ETag.of(found.get())::equals).orElse(true);
    }
  }
}
