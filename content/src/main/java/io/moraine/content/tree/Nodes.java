package io.moraine.content.tree;

import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.Sha256;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads nodes and believes none: the bytes must have the digest, and the node must be what its
 * parent said. Keeps the few last ones decoded, because neighbours in path order share them; the
 * most that a hostile tree can make it hold is 24 nodes of 1,024 longest paths, some 35 MB.
 */
final class Nodes {
  /** Two walks from a root of eight levels, and neighbours. */
  private static final int KEPT = 24;

  private final NodeSource source;
  private final Map<Sha256, Node> kept =
      new LinkedHashMap<>(32, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sha256, Node> eldest) {
          return size() > KEPT;
        }
      };

  Nodes(NodeSource source) {
    this.source = source;
  }

  Node root(VersionRoot root) {
    if (root.equals(VersionRoot.EMPTY)) {
      return new Node(0, List.of());
    }
    Node node = load(root.digest());
    requireSums(root.digest(), node, root.files(), root.bytes());
    return node;
  }

  /** Loads the child at {@code index} of {@code parent}. */
  Node child(Node parent, int index) {
    Child child = parent.child(index);
    Node node = load(child.digest());
    if (node.level() != parent.level() - 1) {
      throw wrong(child.digest(), "its level is " + node.level() + " below a " + parent.level());
    }
    if (node.size() == 0 || !node.last().equals(child.path())) {
      throw wrong(child.digest(), "its last path is not the one that its parent names");
    }
    if (index > 0 && node.entry(0).path().compareTo(parent.entry(index - 1).path()) <= 0) {
      throw wrong(child.digest(), "its first path does not come after its elder sibling's last");
    }
    requireSums(child.digest(), node, child.files(), child.bytes());
    return node;
  }

  private Node load(Sha256 digest) {
    Node known = kept.get(digest);
    if (known != null) {
      return known;
    }
    byte[] bytes = source.load(digest);
    if (bytes.length > Limits.NODE_BYTES) {
      throw wrong(digest, "it has " + bytes.length + " bytes; the most is " + Limits.NODE_BYTES);
    }
    if (!Sha256.of(bytes).equals(digest)) {
      throw wrong(digest, "the bytes that came for it have another SHA-256; fetch it again");
    }
    Node node = Node.decode(bytes);
    kept.put(digest, node);
    return node;
  }

  private static void requireSums(Sha256 digest, Node node, long files, long bytes) {
    if (node.files() != files || node.bytes() != bytes) {
      throw wrong(
          digest,
          "it holds "
              + node.files()
              + " files of "
              + node.bytes()
              + " bytes where "
              + files
              + " of "
              + bytes
              + " were promised");
    }
  }

  private static FormatException wrong(Sha256 digest, String why) {
    return new FormatException("tree node " + digest + " is not valid: " + why + ".");
  }
}
