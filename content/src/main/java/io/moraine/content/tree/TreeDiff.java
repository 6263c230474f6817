package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Walks two trees side by side and steps over every node that both have. A node is opened only when
 * the other side has none like it at hand, so what is read follows what changed. Begins at any
 * path, for one node a level more.
 */
final class TreeDiff implements Iterator<Difference> {
  private static final int FILE = -1;
  private static final int DONE = -2;

  /** One side: its next file, or the next node that has not been opened. */
  private static final class Side {
    private static final class Frame {
      private final Node node;
      private int index;

      Frame(Node node, int index) {
        this.node = node;
        this.index = index;
      }
    }

    private final Nodes nodes;
    private final Optional<FilePath> from;
    private final Deque<Frame> frames = new ArrayDeque<>();

    Side(Nodes nodes, VersionRoot root, Optional<FilePath> from) {
      this.nodes = nodes;
      this.from = from;
      Node node = nodes.root(root);
      if (node.size() > 0 && from.map(node::indexFrom).orElse(0) < node.size()) {
        Node above = new Node(node.level() + 1, List.of(node.asChild(root.digest())));
        frames.push(new Frame(above, 0));
      }
    }

    /** The level of the node at hand, {@link #FILE} or {@link #DONE}. */
    int level() {
      return frames.isEmpty() ? DONE : frames.peek().node.level() - 1;
    }

    Entry head() {
      return frames.peek().node.entry(frames.peek().index);
    }

    void open() {
      Frame parent = frames.peek();
      Node child = nodes.child(parent.node, parent.index);
      step();
      // Not its size: its parent was entered at a child that ends at or after the path.
      frames.push(new Frame(child, from.map(child::indexFrom).orElse(0)));
    }

    void step() {
      if (++frames.peek().index == frames.peek().node.size()) {
        frames.pop();
      }
    }
  }

  private final Side before;
  private final Side after;
  private Difference next;

  TreeDiff(
      Nodes beforeNodes,
      VersionRoot before,
      Nodes afterNodes,
      VersionRoot after,
      Optional<FilePath> from) {
    this.before = new Side(beforeNodes, before, from);
    this.after = new Side(afterNodes, after, from);
  }

  @Override
  public boolean hasNext() {
    while (next == null && (before.level() != DONE || after.level() != DONE)) {
      advance();
    }
    return next != null;
  }

  @Override
  public Difference next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Difference found = next;
    next = null;
    return found;
  }

  private void advance() {
    int beforeLevel = before.level();
    int afterLevel = after.level();
    if (beforeLevel == afterLevel && before.head().equals(after.head())) {
      before.step();
      after.step();
      return;
    }
    int highest = Math.max(beforeLevel, afterLevel);
    if (highest == FILE) {
      compareFiles(beforeLevel, afterLevel);
      return;
    }
    if (beforeLevel == highest) {
      before.open();
    }
    if (afterLevel == highest) {
      after.open();
    }
  }

  private void compareFiles(int beforeLevel, int afterLevel) {
    FileEntry old = beforeLevel == DONE ? null : (FileEntry) before.head();
    FileEntry now = afterLevel == DONE ? null : (FileEntry) after.head();
    int order = old == null ? 1 : now == null ? -1 : old.path().compareTo(now.path());
    next = new Difference(order <= 0 ? old : null, order >= 0 ? now : null);
    if (order <= 0) {
      before.step();
    }
    if (order >= 0) {
      after.step();
    }
  }
}
