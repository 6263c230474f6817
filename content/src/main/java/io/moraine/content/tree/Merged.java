package io.moraine.content.tree;

import io.moraine.content.tree.Edits.Edit;
import java.util.function.Consumer;

/**
 * The entries of a level from a cursor's node on, with the edits applied: what the level will hold.
 */
final class Merged {
  private final LevelCursor old;
  private final Edits edits;
  private final Consumer<Child> beheaded;
  private int index;
  private Entry entry;
  private Child ended;
  private boolean touched;

  /** Tells {@code beheaded} of an old node whose last entry an edit deletes. */
  Merged(LevelCursor old, Edits edits, Consumer<Child> beheaded) {
    this.old = old;
    this.edits = edits;
    this.beheaded = beheaded;
  }

  /** Goes to the next entry; false at the end of the level. */
  boolean advance() {
    touched = false;
    while (true) {
      if (index == old.node().size() && old.next()) {
        index = 0;
        continue;
      }
      Entry kept = index < old.node().size() ? old.node().entry(index) : null;
      Edit edit = edits.peek();
      if (kept == null && edit == null) {
        return false;
      }
      int order = kept == null ? 1 : edit == null ? -1 : kept.path().compareTo(edit.path());
      if (order < 0) {
        take(kept);
        return true;
      }
      edits.next();
      if (order > 0 && edit.isDelete()) {
        continue;
      }
      if (order > 0) {
        touched = true;
        entry = edit.entry();
        ended = null;
        return true;
      }
      if (!edit.isDelete()) {
        touched |= !edit.entry().equals(kept);
        take(edit.entry());
        return true;
      }
      touched = true;
      index++;
      if (endOfNode() != null) {
        beheaded.accept(endOfNode());
      }
    }
  }

  private void take(Entry taken) {
    entry = taken;
    index++;
    ended = endOfNode();
  }

  private Child endOfNode() {
    return index == old.node().size() ? old.child() : null;
  }

  Entry entry() {
    return entry;
  }

  /** The old node whose last entry this is or replaces; null elsewhere. */
  Child ended() {
    return ended;
  }

  /** Whether this entry is new or changed, or one before it is gone. */
  boolean touched() {
    return touched;
  }
}
