package io.moraine.dataset.file;

import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The files of a base with staged changes laid over them, in order of path. Not thread-safe. */
final class Overlay implements Iterator<FileEntry> {
  private final Iterator<FileEntry> base;
  private final StagedCursor staged;
  private FileEntry baseHead;
  private FileEntry next;

  /** Both begin at the same path. */
  Overlay(Iterator<FileEntry> base, StagedCursor staged) {
    this.base = base;
    this.staged = staged;
  }

  @Override
  public boolean hasNext() {
    while (next == null && advance()) {
      // A deletion gives no file.
    }
    return next != null;
  }

  /** Takes the base's file, the staged change, or both where the change is of that file. */
  private boolean advance() {
    if (baseHead == null && base.hasNext()) {
      baseHead = base.next();
    }
    Change change = staged.peek();
    if (baseHead == null && change == null) {
      return false;
    }
    int order =
        change == null ? -1 : baseHead == null ? 1 : baseHead.path().compareTo(change.path());
    next = order < 0 ? baseHead : change.entry().orElse(null);
    if (order <= 0) {
      baseHead = null;
    }
    if (order >= 0) {
      staged.next();
    }
    return true;
  }

  @Override
  public FileEntry next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    FileEntry found = next;
    next = null;
    return found;
  }
}
