package io.moraine.content.tree;

import io.moraine.content.format.Limits;
import io.moraine.content.tree.Edits.Edit;
import io.moraine.vocabulary.FilePath;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The files of one version, in the order of their paths' bytes. Immutable: {@link #apply} answers
 * with the root of another tree that shares every node the changes left alone.
 *
 * <p>Nodes are loaded when they are needed, checked against their digests, and the last few are
 * kept decoded (some 1 MB, at most 35 MB for a hostile tree). Bytes that are no valid tree are a
 * {@link io.moraine.content.format.FormatException}. Cheap to make; not thread-safe, and neither
 * are the iterators: one thread at a time.
 */
public final class VersionTree {
  private final VersionRoot root;
  private final Weight weight;
  private final Nodes nodes;

  /** Reads the tree under {@code root}; nothing is loaded yet. */
  public VersionTree(VersionRoot root, NodeSource source) {
    this(root, source, Weight.sha256());
  }

  VersionTree(VersionRoot root, NodeSource source, Weight weight) {
    this.root = Objects.requireNonNull(root, "root");
    this.weight = weight;
    this.nodes = new Nodes(Objects.requireNonNull(source, "source"));
  }

  /** The tree of the version without files. */
  public static VersionTree empty() {
    return new VersionTree(
        VersionRoot.EMPTY,
        digest -> {
          throw new IllegalStateException("the empty tree loads nothing, yet wants " + digest);
        });
  }

  /**
   * Builds a tree from files in ascending order of path. Streams: memory is some 3 bytes a file,
   * for the entries above the leaves. Fails as {@link #apply} does.
   */
  public static VersionRoot build(Iterator<FileEntry> files, NodeSink sink) {
    return empty().apply(new Mapped<>(files, Change::put), sink);
  }

  public VersionRoot root() {
    return root;
  }

  /**
   * Applies changes, ascending by path with each path once, and hands every new node to {@code
   * sink}. The result is the tree that {@link #build} makes of the resulting files, and the same
   * nodes come in the same order each time. Reads and writes about one leaf for each changed path
   * (its neighbours are read too where a path comes or goes) and their parents; memory is some 0.3
   * KB for each node written.
   *
   * @return {@link VersionRoot#EMPTY} when no file is left; its node is not handed over
   * @throws PathClashException if there would be a file and a directory of one name; nodes handed
   *     over before are of no use then
   * @throws IllegalArgumentException if the changes do not ascend
   */
  public VersionRoot apply(Iterator<Change> changes, NodeSink sink) {
    Iterator<Edit> edits =
        new Mapped<>(
            new ClashGuard(changes, this),
            change -> new Edit(change.path(), change.entry().orElse(null)));
    for (int level = 0; level < Limits.TREE_LEVELS; level++) {
      LevelMerge merge =
          new LevelMerge(
              level, new LevelCursor(nodes, root, level), new Edits(edits), weight, sink);
      merge.run();
      if (merge.above().isEmpty()) {
        return root;
      }
      List<Child> first = firstChildren(level + 1, merge.above().values().iterator());
      if (first.isEmpty()) {
        return VersionRoot.EMPTY;
      }
      Child top = merge.finish(first, nodes);
      if (top != null) {
        return new VersionRoot(top.digest(), top.files(), top.bytes());
      }
      edits = merge.above().values().iterator();
    }
    throw new IllegalArgumentException(
        "a version this large needs a tree of more than " + Limits.TREE_LEVELS + " levels.");
  }

  /** Checks changes as {@link #apply} does, without writing anything: the same exceptions. */
  public void check(Iterator<Change> changes) {
    new ClashGuard(changes, this).forEachRemaining(change -> {});
  }

  /** The first entries that {@code level} will have, enough to see whether it has few. */
  private List<Child> firstChildren(int level, Iterator<Edit> edits) {
    Merged merged =
        new Merged(new LevelCursor(nodes, root, level), new Edits(edits), beheaded -> {});
    List<Child> first = new ArrayList<>();
    while (first.size() <= LevelMerge.FEW_NODES && merged.advance()) {
      first.add((Child) merged.entry());
    }
    return first;
  }

  /** The file at {@code path}: one node a level. */
  public Optional<FileEntry> find(FilePath path) {
    LevelCursor leaves = new LevelCursor(nodes, root, 0);
    leaves.seek(path);
    int index = leaves.node().indexOf(path);
    return index < 0 ? Optional.empty() : Optional.of((FileEntry) leaves.node().entry(index));
  }

  /** All files in order, leaf by leaf. */
  public Iterator<FileEntry> files() {
    return new Files(new LevelCursor(nodes, root, 0), 0);
  }

  /**
   * The files from {@code path} on, itself included: one node a level to begin, then leaf by leaf.
   * To step over a directory {@code d}, go on from {@code d0}: '0' is the byte after '/'.
   */
  public Iterator<FileEntry> filesFrom(FilePath path) {
    LevelCursor leaves = new LevelCursor(nodes, root, 0);
    leaves.seek(path);
    return new Files(leaves, leaves.node().indexFrom(path));
  }

  /** The files after {@code path}, itself left out. */
  public Iterator<FileEntry> filesAfter(FilePath path) {
    LevelCursor leaves = new LevelCursor(nodes, root, 0);
    leaves.seek(path);
    int index = leaves.node().indexOf(path);
    return new Files(leaves, index < 0 ? -index - 1 : index + 1);
  }

  /**
   * What to change to get from this version to {@code other}, ascending by path. Reads only nodes
   * that differ and their parents.
   */
  public Iterator<Difference> diff(VersionTree other) {
    return new TreeDiff(nodes, root, other.nodes, other.root, Optional.empty());
  }

  /** As {@link #diff}, from {@code path} on, itself included: one node a level more to begin. */
  public Iterator<Difference> diffFrom(VersionTree other, FilePath path) {
    return new TreeDiff(nodes, root, other.nodes, other.root, Optional.of(path));
  }
}
