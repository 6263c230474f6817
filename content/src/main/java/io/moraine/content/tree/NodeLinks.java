package io.moraine.content.tree;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.vocabulary.Sha256;
import java.util.List;

/**
 * The contents that one node refers to, for whoever follows references without caring for paths: a
 * collector, a rebuild. Immutable, thread-safe.
 *
 * @param level 0 for a leaf, whose links are files' contents; above, links are nodes one level down
 * @param contents in order of path; one may come several times
 */
public record NodeLinks(int level, List<ContentId> contents) {
  /**
   * Reads a node's stored bytes.
   *
   * @throws FormatException if they do not have the digest {@code expected}, or are no node
   */
  public static NodeLinks of(byte[] bytes, Sha256 expected) {
    if (!Sha256.of(bytes).equals(expected)) {
      throw new FormatException(
          "tree node " + expected + ": the bytes that came for it have another SHA-256.");
    }
    Node node = Node.decode(bytes);
    return new NodeLinks(node.level(), node.entries().stream().map(NodeLinks::link).toList());
  }

  private static ContentId link(Entry entry) {
    return entry instanceof Child child
        ? new ContentId(ContentKind.NODE, child.digest())
        : ((FileEntry) entry).content();
  }
}
