package io.moraine.content.tree;

import io.moraine.content.format.Limits;
import io.moraine.vocabulary.FilePath;
import java.util.List;

/**
 * Walks the nodes of one level of a tree in both directions and finds the one for a path, loading
 * only the way down to it. A level above the root reads as what would have to be cut there: just
 * above it one made-up node that names the root, further up one without entries.
 */
final class LevelCursor {
  private final Nodes nodes;
  private final int level;
  private final int top;
  private final Node[] chain = new Node[Limits.TREE_LEVELS + 1];
  private final int[] index = new int[Limits.TREE_LEVELS + 1];
  private final Child rootChild;

  /** Stands on the first node of {@code level}. */
  LevelCursor(Nodes nodes, VersionRoot root, int level) {
    this.nodes = nodes;
    this.level = level;
    Node node = nodes.root(root);
    Child named = node.size() == 0 ? null : node.asChild(root.digest());
    if (level > node.level()) {
      boolean above = level == node.level() + 1 && named != null;
      chain[level] = new Node(level, above ? List.of(named) : List.of());
      top = level;
      rootChild = null;
    } else {
      chain[node.level()] = node;
      top = node.level();
      rootChild = named;
      descend(top, true);
    }
  }

  private LevelCursor(LevelCursor other) {
    nodes = other.nodes;
    level = other.level;
    top = other.top;
    rootChild = other.rootChild;
    System.arraycopy(other.chain, 0, chain, 0, chain.length);
    System.arraycopy(other.index, 0, index, 0, index.length);
  }

  LevelCursor copy() {
    return new LevelCursor(this);
  }

  Node node() {
    return chain[level];
  }

  /** How the node is named by its parent; null for a made-up one and for the empty root. */
  Child child() {
    return level == top ? rootChild : chain[level + 1].child(index[level + 1]);
  }

  /** Goes to the first node whose last path is not before {@code path}, or else to the last. */
  void seek(FilePath path) {
    for (int i = top; i > level; i--) {
      index[i] = Math.min(chain[i].indexFrom(path), chain[i].size() - 1);
      chain[i - 1] = nodes.child(chain[i], index[i]);
    }
  }

  boolean isLast() {
    for (int i = level + 1; i <= top; i++) {
      if (index[i] + 1 < chain[i].size()) {
        return false;
      }
    }
    return true;
  }

  /** Goes to the next node; at the last one stays and answers false. */
  boolean next() {
    for (int i = level + 1; i <= top; i++) {
      if (index[i] + 1 < chain[i].size()) {
        index[i]++;
        chain[i - 1] = nodes.child(chain[i], index[i]);
        descend(i - 1, true);
        return true;
      }
    }
    return false;
  }

  /** Goes to the node before; at the first one stays and answers false. */
  boolean previous() {
    for (int i = level + 1; i <= top; i++) {
      if (index[i] > 0) {
        index[i]--;
        chain[i - 1] = nodes.child(chain[i], index[i]);
        descend(i - 1, false);
        return true;
      }
    }
    return false;
  }

  private void descend(int from, boolean first) {
    for (int i = from; i > level; i--) {
      index[i] = first ? 0 : chain[i].size() - 1;
      chain[i - 1] = nodes.child(chain[i], index[i]);
    }
  }
}
