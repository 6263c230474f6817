package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** The changes of one level in ascending order, with a look at the next one. */
final class Edits {
  /** An entry to put, or with a null entry a path to delete. */
  record Edit(FilePath path, Entry entry) {
    boolean isDelete() {
      return entry == null;
    }
  }

  private final Iterator<Edit> source;
  private final Deque<Edit> ahead = new ArrayDeque<>();

  Edits(Iterator<Edit> source) {
    this.source = source;
  }

  /** The next edit, which stays; null at the end. */
  Edit peek() {
    if (ahead.isEmpty() && source.hasNext()) {
      ahead.add(source.next());
    }
    return ahead.peek();
  }

  Edit next() {
    peek();
    return ahead.remove();
  }

  /** Gives back what {@link #next} took last, in the order it came. */
  void unread(List<Edit> taken) {
    for (int i = taken.size() - 1; i >= 0; i--) {
      ahead.addFirst(taken.get(i));
    }
  }
}
