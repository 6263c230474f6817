package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Passes changes on and refuses the first that would leave a file and a directory of one name.
 *
 * <p>The two are not neighbours in byte order ({@code a}, {@code a!}, {@code a/b}), so each put
 * costs one look into the base tree for every directory above it that the put before did not share,
 * and one for what lies below it. The changes themselves are compared as they pass: those that can
 * still be followed by paths below them are prefixes of one another, so they make a short stack.
 */
final class ClashGuard implements Iterator<Change> {
  /** A directory and one more byte below it still fit into the longest path. */
  private static final int LONGEST_DIRECTORY = FilePath.MAX_BYTES - 2;

  private static final class Passed {
    private final Change change;
    private final Iterator<FileEntry> below;
    private FilePath survivor;

    Passed(Change change, Iterator<FileEntry> below) {
      this.change = change;
      this.below = below;
      nextSurvivor();
    }

    boolean isPut() {
      return change.entry().isPresent();
    }

    FilePath path() {
      return change.path();
    }

    private void nextSurvivor() {
      FilePath path = below.hasNext() ? below.next().path() : null;
      survivor = path != null && path.isBelow(path()) ? path : null;
    }

    /** A file of the base below a put must be deleted when its turn comes. */
    void seen(FilePath path) {
      if (survivor != null && survivor.compareTo(path) < 0) {
        throw new PathClashException(path(), survivor);
      }
      if (path.equals(survivor)) {
        nextSurvivor();
      }
    }

    void close() {
      if (survivor != null) {
        throw new PathClashException(path(), survivor);
      }
    }

    boolean mayBeAbove(FilePath path) {
      String own = path().toString();
      String other = path.toString();
      return other.length() > own.length()
          && other.startsWith(own)
          && other.charAt(own.length()) <= '/';
    }
  }

  private final Iterator<Change> changes;
  private final VersionTree base;
  private final Deque<Passed> passed = new ArrayDeque<>();
  private Set<FilePath> directories = Set.of();
  private FilePath previous;

  ClashGuard(Iterator<Change> changes, VersionTree base) {
    this.changes = changes;
    this.base = base;
  }

  @Override
  public boolean hasNext() {
    if (changes.hasNext()) {
      return true;
    }
    passed.forEach(Passed::close);
    passed.clear();
    return false;
  }

  @Override
  public Change next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Change change = changes.next();
    FilePath path = change.path();
    if (previous != null && previous.compareTo(path) >= 0) {
      throw new IllegalArgumentException(
          "changes must ascend by path, each path once; "
              + path.quoted()
              + " came after "
              + previous.quoted()
              + ".");
    }
    previous = path;
    while (!passed.isEmpty() && !passed.peek().mayBeAbove(path)) {
      passed.pop().close();
    }
    boolean put = change.entry().isPresent();
    if (put) {
      requireNoFileAbove(path);
    }
    passed.forEach(above -> above.seen(path));
    passed.push(new Passed(change, put ? below(path) : new ArrayDeque<FileEntry>().iterator()));
    return change;
  }

  private void requireNoFileAbove(FilePath path) {
    Set<FilePath> above = new HashSet<>(path.ancestors());
    for (FilePath directory : above) {
      if (!directories.contains(directory) && isFile(directory)) {
        throw new PathClashException(directory, path);
      }
    }
    directories = above;
  }

  private boolean isFile(FilePath path) {
    for (Passed earlier : passed) {
      if (earlier.path().equals(path)) {
        return earlier.isPut();
      }
    }
    return base.find(path).isPresent();
  }

  /**
   * The base's files from the first that can lie below {@code path}: its smallest name is U+0001.
   */
  private Iterator<FileEntry> below(FilePath path) {
    return path.utf8().length > LONGEST_DIRECTORY
        ? new ArrayDeque<FileEntry>().iterator()
        : base.filesFrom(FilePath.of(path + "/\u0001"));
  }
}
