package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;
import java.util.Objects;
import java.util.Optional;

/** One path at which two versions differ: added, removed, or with other bytes. */
public final class Difference {
  private final FileEntry before;
  private final FileEntry after;

  /** At least one is not null; both have the same path. */
  Difference(FileEntry before, FileEntry after) {
    this.before = before;
    this.after = after;
  }

  public FilePath path() {
    return before == null ? after.path() : before.path();
  }

  /** The file in the first version; empty when it was added. */
  public Optional<FileEntry> before() {
    return Optional.ofNullable(before);
  }

  /** The file in the second version; empty when it was removed. */
  public Optional<FileEntry> after() {
    return Optional.ofNullable(after);
  }

  /** What makes the first version's path into the second's. */
  public Change change() {
    return after == null ? Change.delete(before.path()) : Change.put(after);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Difference that
        && Objects.equals(before, that.before)
        && Objects.equals(after, that.after);
  }

  @Override
  public int hashCode() {
    return Objects.hash(before, after);
  }

  @Override
  public String toString() {
    return path().quoted() + ": " + before + " -> " + after;
  }
}
