package io.moraine.dataset.diff;

import io.moraine.content.tree.Difference;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import java.util.Optional;

/** One path at which two versions differ. */
record DiffItem(FilePath path, DiffChange change, Optional<Side> from, Optional<Side> to) {
  /** The file in one of the versions. */
  record Side(long sizeBytes, String content) {
    private static Side of(FileEntry entry) {
      return new Side(entry.sizeBytes(), entry.content().text());
    }
  }

  static DiffItem of(Difference difference) {
    return new DiffItem(
        difference.path(),
        DiffChange.of(difference),
        difference.before().map(Side::of),
        difference.after().map(Side::of));
  }
}
