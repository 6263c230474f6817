package io.moraine.cli.tree;

import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.vocabulary.FilePath;
import java.util.Iterator;
import java.util.Optional;

/**
 * What is remembered of files that are asked about in the order of their paths: no more than one of
 * them is held. Not thread-safe.
 */
public final class Recall {
  private final Iterator<Remembered> files;
  private Remembered next;

  /**
   * @param files ascending by path
   */
  public Recall(Iterator<Remembered> files) {
    this.files = files;
    advance();
  }

  private void advance() {
    next = files.hasNext() ? files.next() : null;
  }

  /** What is remembered of {@code path}, which comes after all that were asked about before. */
  public Optional<Remembered> of(FilePath path) {
    while (next != null) {
      int order = next.entry().path().compareTo(path);
      if (order >= 0) {
        return order == 0 ? Optional.of(next) : Optional.empty();
      }
      advance();
    }
    return Optional.empty();
  }
}
