package io.moraine.cache.remote;

import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import java.util.Optional;

/**
 * One path at which two versions differ: added, removed, or with other bytes.
 *
 * @param before the file in the first version; empty when it was added
 * @param after the file in the second version; empty when it was removed
 */
public record FileChange(Optional<FileEntry> before, Optional<FileEntry> after) {
  public FileChange {
    if (before.isEmpty() && after.isEmpty()) {
      throw new IllegalArgumentException("a change is of a file that was there, or is");
    }
  }

  public FilePath path() {
    return after.or(() -> before).orElseThrow().path();
  }
}
