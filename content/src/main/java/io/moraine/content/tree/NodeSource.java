package io.moraine.content.tree;

import io.moraine.vocabulary.Sha256;

/** Where a tree's nodes come from: a pack, a cache, the table of contents and a bucket. */
@FunctionalInterface
public interface NodeSource {
  /**
   * Returns a node's stored bytes, at most 2 MiB. The tree checks them against the digest and does
   * not change them; the source may hand out the same array again. Whatever it throws passes
   * through the tree unchanged; a missing node should name its digest.
   */
  byte[] load(Sha256 digest);
}
