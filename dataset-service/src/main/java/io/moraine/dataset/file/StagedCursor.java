package io.moraine.dataset.file;

import io.moraine.content.tree.Change;
import io.moraine.vocabulary.FilePath;
import java.util.List;

/**
 * Staged changes in order of path, a page in memory at a time. Pages begin small, since a listing
 * by directories takes one file and goes on elsewhere; what is in the page at hand is not asked for
 * again. Not thread-safe.
 */
final class StagedCursor {
  private static final int FIRST_PAGE = 16;
  private static final int LARGEST_PAGE = 1_024;

  /** Changes from a path on, itself included. */
  @FunctionalInterface
  interface Pages {
    List<Change> page(FilePath from, int limit);
  }

  private final Pages pages;
  private List<Change> page = List.of();
  private FilePath pageFrom;
  private boolean isLastPage;
  private int limit;
  private int index;

  StagedCursor(Pages pages) {
    this.pages = pages;
  }

  /** Goes to the first change at or after {@code path}. */
  StagedCursor seek(FilePath path) {
    if (!covers(path)) {
      limit = FIRST_PAGE;
      load(path);
    }
    index = 0;
    while (index < page.size() && page.get(index).path().compareTo(path) < 0) {
      index++;
    }
    return this;
  }

  /**
   * Whether the page at hand has the first change at or after {@code path}, or says there is none.
   */
  private boolean covers(FilePath path) {
    return pageFrom != null
        && pageFrom.compareTo(path) <= 0
        && (isLastPage || page.get(page.size() - 1).path().compareTo(path) >= 0);
  }

  private void load(FilePath from) {
    page = pages.page(from, limit);
    pageFrom = from;
    isLastPage = page.size() < limit;
    index = 0;
  }

  /** The change at hand, which stays; null after the last. */
  Change peek() {
    return index < page.size() ? page.get(index) : null;
  }

  /** Goes to the next change. */
  void next() {
    if (++index < page.size() || isLastPage) {
      return;
    }
    FilePath last = page.get(page.size() - 1).path();
    limit = Math.min(limit * 4, LARGEST_PAGE);
    load(last);
    index = page.isEmpty() || !page.get(0).path().equals(last) ? 0 : 1;
  }
}
