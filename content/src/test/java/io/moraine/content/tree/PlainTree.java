package io.moraine.content.tree;

import io.moraine.vocabulary.Sha256;
import java.util.ArrayList;
import java.util.List;

/**
 * The tree as the format page words it, with all entries of a level at hand: what the real one,
 * which never has them all, is compared with.
 */
final class PlainTree {
  private PlainTree() {}

  static VersionRoot root(List<FileEntry> files, Weight weight) {
    if (files.isEmpty()) {
      return VersionRoot.EMPTY;
    }
    List<? extends Entry> entries = files;
    for (int level = 0; ; level++) {
      List<Child> above = new ArrayList<>();
      for (List<? extends Entry> node : cut(level, entries, weight)) {
        Node made = new Node(level, List.copyOf(node));
        above.add(made.asChild(Sha256.of(made.encode())));
      }
      if (above.size() == 1) {
        Child top = above.get(0);
        return new VersionRoot(top.digest(), top.files(), top.bytes());
      }
      entries = above;
    }
  }

  private static List<List<? extends Entry>> cut(
      int level, List<? extends Entry> entries, Weight weight) {
    int count = entries.size();
    if (count <= 128) {
      return List.of(entries);
    }
    long[] w = entries.stream().mapToLong(e -> weight.of(level, e.path())).toArray();
    List<List<? extends Entry>> nodes = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < count; i++) {
      boolean smallest = true;
      for (int j = Math.max(0, i - 64); j <= Math.min(count - 1, i + 64); j++) {
        int order = Long.compareUnsigned(w[j], w[i]);
        smallest &= j < i ? order > 0 : order >= 0;
      }
      if (smallest || i - start + 1 == 1024 || i == count - 1) {
        nodes.add(entries.subList(start, i + 1));
        start = i + 1;
      }
    }
    return nodes;
  }
}
