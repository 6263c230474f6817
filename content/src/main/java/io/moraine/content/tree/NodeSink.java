package io.moraine.content.tree;

import io.moraine.vocabulary.Sha256;

/** Where a tree's new nodes go. */
@FunctionalInterface
public interface NodeSink {
  /**
   * Takes one new node, children before parents. The array is the sink's to keep. A node that the
   * base tree already had elsewhere may come again. Whatever it throws passes through the tree
   * unchanged.
   */
  void accept(Sha256 digest, byte[] bytes);
}
