package io.moraine.dataset.diff;

import io.moraine.content.tree.Difference;
import io.moraine.content.tree.FileEntry;

/** What differences add up to. */
record DiffSums(Sum added, Sum removed, Sum changed) {
  /**
   * @param bytes of what was removed its size before, of anything else its size after
   */
  record Sum(long files, long bytes) {
    private static final Sum NONE = new Sum(0, 0);

    private Sum plus(FileEntry entry) {
      return new Sum(files + 1, bytes + entry.sizeBytes());
    }
  }

  static final DiffSums NONE = new DiffSums(Sum.NONE, Sum.NONE, Sum.NONE);

  DiffSums plus(Difference difference) {
    FileEntry entry = difference.after().or(difference::before).orElseThrow();
    return switch (DiffChange.of(difference)) {
      case ADDED -> new DiffSums(added.plus(entry), removed, changed);
      case REMOVED -> new DiffSums(added, removed.plus(entry), changed);
      case CHANGED -> new DiffSums(added, removed, changed.plus(entry));
    };
  }
}
