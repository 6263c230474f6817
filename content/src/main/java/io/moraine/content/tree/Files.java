package io.moraine.content.tree;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** The files of a tree from one on, leaf by leaf. */
final class Files implements Iterator<FileEntry> {
  private final LevelCursor leaves;
  private int index;

  Files(LevelCursor leaves, int index) {
    this.leaves = leaves;
    this.index = index;
  }

  @Override
  public boolean hasNext() {
    if (index < leaves.node().size()) {
      return true;
    }
    if (!leaves.next()) {
      return false;
    }
    index = 0;
    return true;
  }

  @Override
  public FileEntry next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return (FileEntry) leaves.node().entry(index++);
  }
}
