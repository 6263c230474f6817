package io.moraine.content.tree;

import static io.moraine.content.format.Limits.CUT_WINDOW;
import static io.moraine.content.format.Limits.NODE_ENTRIES;
import static io.moraine.content.format.Limits.ROOT_ENTRIES;

import io.moraine.content.tree.Edits.Edit;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Applies edits to one level of a tree: writes the nodes that are new and says what that changes on
 * the level above. Nodes away from the edits are neither written nor read.
 *
 * <p>An edit that only replaces entries leaves every cut where it is. One that adds or removes a
 * path can move cuts up to 64 entries before and after it, so a re-cut begins with the node that
 * holds the 64th entry before it (the 64 before that node are read for their weights), and it ends
 * behind an old node's last entry that is a cut in the new level too, when the 64 entries before
 * and the 64 after are as they were: from there on both levels are cut alike.
 *
 * <p>Memory: some 0.3 KB for each node written or replaced, and one node with its window.
 */
final class LevelMerge {
  /** 128 entries are never cut into more than this many nodes: cuts lie at least 65 apart. */
  static final int FEW_NODES = 3;

  private record NewNode(Node node, byte[] bytes) {}

  /** A node whose entries were replaced, not added yet: a re-cut right after may reach into it. */
  private record Replacement(Child old, List<Entry> entries, List<Edit> edits) {}

  private record Slot(Entry entry, Child ended) {}

  private final int level;
  private final LevelCursor old;
  private final Edits edits;
  private final Weight weight;
  private final NodeSink sink;
  private final Map<FilePath, Sha256> replaced = new HashMap<>();
  private final NavigableMap<FilePath, Edit> above = new TreeMap<>();
  private final Map<Sha256, NewNode> held = new LinkedHashMap<>();
  private final Deque<Replacement> replacements = new ArrayDeque<>();
  private boolean manyNodes;

  LevelMerge(int level, LevelCursor old, Edits edits, Weight weight, NodeSink sink) {
    this.level = level;
    this.old = old;
    this.edits = edits;
    this.weight = weight;
    this.sink = sink;
  }

  /** Runs once; afterwards {@link #above()} holds what changes on the level above. */
  void run() {
    while (edits.peek() != null) {
      old.seek(edits.peek().path());
      if (!replaceEntries()) {
        recut();
      }
    }
    addReplacements();
  }

  /** Edits of the level above, by last path. */
  NavigableMap<FilePath, Edit> above() {
    return Collections.unmodifiableNavigableMap(above);
  }

  /**
   * Ends the level. {@code first} are the first entries that the level above will have, more than
   * three of them if it has more. Returns the tree's root if this level has it, else null.
   */
  Child finish(List<Child> first, Nodes nodes) {
    if (first.size() > FEW_NODES) {
      release();
      return null;
    }
    if (first.size() == 1) {
      release();
      return first.get(0);
    }
    List<Entry> all = new ArrayList<>();
    Node parent = new Node(level + 1, first);
    for (int i = 0; i < first.size(); i++) {
      NewNode fresh = held.get(first.get(i).digest());
      all.addAll((fresh == null ? nodes.child(parent, i) : fresh.node()).entries());
    }
    if (all.size() > ROOT_ENTRIES) {
      release();
      return null;
    }
    Node root = new Node(level, List.copyOf(all));
    byte[] bytes = root.encode();
    Sha256 digest = Sha256.of(bytes);
    sink.accept(digest, bytes);
    return root.asChild(digest);
  }

  /** Does the edits of the cursor's node if they add and remove no path; takes none otherwise. */
  private boolean replaceEntries() {
    Node node = old.node();
    List<Entry> entries = new ArrayList<>(node.entries());
    List<Edit> taken = new ArrayList<>();
    while (belongsHere(edits.peek(), node)) {
      Edit edit = edits.peek();
      int at = node.indexOf(edit.path());
      if (at < 0 && !edit.isDelete() || at >= 0 && edit.isDelete()) {
        edits.unread(taken);
        return false;
      }
      edits.next();
      if (at >= 0 && !node.entry(at).equals(edit.entry())) {
        taken.add(edit);
        entries.set(at, edit.entry());
      }
    }
    if (!taken.isEmpty()) {
      if (node.size() >= CUT_WINDOW) {
        addReplacements(); // no later re-cut reaches back over this node
      }
      replacements.add(new Replacement(old.child(), entries, taken));
    }
    return true;
  }

  private void addReplacements() {
    for (Replacement done : replacements) {
      replaced(done.old());
      add(done.entries());
    }
    replacements.clear();
  }

  /** Takes back what was replaced from {@code first} on, to do it again while cutting. */
  private void undoReplacements(Node first) {
    while (!replacements.isEmpty()
        && replacements.getLast().old().path().compareTo(first.last()) >= 0) {
      edits.unread(replacements.removeLast().edits());
    }
    addReplacements();
  }

  private boolean belongsHere(Edit edit, Node node) {
    return edit != null
        && (old.isLast() || node.size() > 0 && edit.path().compareTo(node.last()) <= 0);
  }

  private void recut() {
    int before = old.node().indexFrom(edits.peek().path());
    while (before < CUT_WINDOW && old.previous()) {
      before += old.node().size();
    }
    if (!replacements.isEmpty()) {
      undoReplacements(old.node());
    }
    CutWindow window = windowBeforeCursor();
    Merged merged = new Merged(old, edits, this::replaced);
    Deque<Slot> undecided = new ArrayDeque<>();
    List<Entry> open = new ArrayList<>();
    int untouched = CUT_WINDOW; // those in the window, or none because the level begins here
    while (merged.advance()) {
      untouched = merged.touched() ? 0 : Math.min(untouched + 1, 2 * CUT_WINDOW);
      undecided.add(new Slot(merged.entry(), merged.ended()));
      window.append(merged.entry().path());
      if (undecided.size() > CUT_WINDOW) {
        Slot slot = undecided.remove();
        boolean cut = decide(slot, window, window.count() - 1 - CUT_WINDOW, false, open);
        if (cut && slot.ended() != null && untouched >= 2 * CUT_WINDOW) {
          return;
        }
      }
    }
    while (!undecided.isEmpty()) {
      Slot slot = undecided.remove();
      boolean last = undecided.isEmpty();
      decide(slot, window, window.count() - 1 - undecided.size(), last, open);
    }
  }

  /** The weights of the 64 entries before the cursor's node, fewer where the level begins. */
  private CutWindow windowBeforeCursor() {
    LevelCursor back = old.copy();
    List<FilePath> paths = new ArrayList<>();
    while (paths.size() < CUT_WINDOW && back.previous()) {
      Node node = back.node();
      for (int i = node.size() - 1; i >= 0 && paths.size() < CUT_WINDOW; i--) {
        paths.add(node.entry(i).path());
      }
    }
    CutWindow window = new CutWindow(level, weight);
    for (int i = paths.size() - 1; i >= 0; i--) {
      window.append(paths.get(i));
    }
    return window;
  }

  private boolean decide(
      Slot slot, CutWindow window, long position, boolean last, List<Entry> open) {
    open.add(slot.entry());
    replaced(slot.ended());
    boolean cut = last || open.size() == NODE_ENTRIES || window.endsNode(position);
    if (cut) {
      add(open);
      open.clear();
    }
    return cut;
  }

  private void replaced(Child node) {
    if (node != null) {
      replaced.put(node.path(), node.digest());
      above.put(node.path(), new Edit(node.path(), null));
    }
  }

  private void add(List<Entry> entries) {
    Node node = new Node(level, List.copyOf(entries));
    byte[] bytes = node.encode();
    Sha256 digest = Sha256.of(bytes);
    if (digest.equals(replaced.get(node.last()))) {
      above.remove(node.last());
      return;
    }
    above.put(node.last(), new Edit(node.last(), node.asChild(digest)));
    if (manyNodes) {
      sink.accept(digest, bytes);
      return;
    }
    held.put(digest, new NewNode(node, bytes));
    if (held.size() > FEW_NODES) {
      release();
    }
  }

  /** Nodes are held back while the level may still turn out to be one root. */
  private void release() {
    held.forEach((digest, fresh) -> sink.accept(digest, fresh.bytes()));
    held.clear();
    manyNodes = true;
  }
}
