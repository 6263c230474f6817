package io.moraine.dataset.file;

import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Staged files in order, a page in memory at a time. Pages begin small, since a listing by
 * directories takes one file and goes on elsewhere.
 */
final class StagedFiles implements Iterator<FileEntry> {
  private static final int FIRST_PAGE = 16;
  private static final int LARGEST_PAGE = 1_024;

  /** Files from a path on, itself included. */
  @FunctionalInterface
  interface Pages {
    List<FileEntry> page(FilePath from, int limit);
  }

  private final Pages pages;
  private final Deque<FileEntry> page = new ArrayDeque<>();
  private FilePath from;
  private int limit = FIRST_PAGE;
  private boolean ended;

  StagedFiles(FilePath from, Pages pages) {
    this.from = from;
    this.pages = pages;
  }

  @Override
  public boolean hasNext() {
    if (page.isEmpty() && !ended) {
      load();
    }
    return !page.isEmpty();
  }

  /** Loads one more than it gives: with that one the next page begins. */
  private void load() {
    List<FileEntry> loaded = pages.page(from, limit + 1);
    ended = loaded.size() <= limit;
    page.addAll(ended ? loaded : loaded.subList(0, limit));
    if (!ended) {
      from = loaded.get(limit).path();
    }
    limit = Math.min(limit * 4, LARGEST_PAGE);
  }

  @Override
  public FileEntry next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.remove();
  }
}
