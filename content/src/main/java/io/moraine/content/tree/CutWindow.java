package io.moraine.content.tree;

import static io.moraine.content.format.Limits.CUT_WINDOW;

import io.moraine.vocabulary.FilePath;

/**
 * The rule that says where nodes end (design section 5): an entry ends its node if its weight is
 * the smallest among the 64 before and the 64 after it; of equal ones the earlier; windows stop at
 * the ends of the level. Takes the entries of a level in order and answers for each once the 64
 * after it are known, so the state is the last 129 weights.
 */
final class CutWindow {
  private static final int RING = 256;

  private final int level;
  private final Weight weight;
  private final long[] weights = new long[RING];
  private long count;

  CutWindow(int level, Weight weight) {
    this.level = level;
    this.weight = weight;
  }

  /** Takes the next entry's path; its position is {@link #count()} - 1 from then on. */
  void append(FilePath path) {
    weights[(int) (count++ % RING)] = weight.of(level, path);
  }

  long count() {
    return count;
  }

  /**
   * Whether the entry at {@code position} is a smallest one. It is one of the last 65 appended, and
   * either the last 64 came after it or nothing else will come.
   */
  boolean endsNode(long position) {
    long own = at(position);
    for (long i = Math.max(0, position - CUT_WINDOW); i < position; i++) {
      if (Long.compareUnsigned(at(i), own) <= 0) {
        return false;
      }
    }
    for (long i = position + 1; i < Math.min(count, position + CUT_WINDOW + 1); i++) {
      if (Long.compareUnsigned(at(i), own) < 0) {
        return false;
      }
    }
    return true;
  }

  private long at(long position) {
    return weights[(int) (position % RING)];
  }
}
