package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;
import java.util.Objects;
import java.util.Optional;

/**
 * What happens to one path: a file is put there, in place of what was there before, or it is
 * deleted, which is no error if it is not there.
 */
public final class Change {
  private final FilePath path;
  private final FileEntry entry;

  private Change(FilePath path, FileEntry entry) {
    this.path = path;
    this.entry = entry;
  }

  public static Change put(FileEntry entry) {
    return new Change(entry.path(), entry);
  }

  public static Change delete(FilePath path) {
    return new Change(Objects.requireNonNull(path, "path"), null);
  }

  public FilePath path() {
    return path;
  }

  /** The file that is put; empty for a deletion. */
  public Optional<FileEntry> entry() {
    return Optional.ofNullable(entry);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Change that
        && path.equals(that.path)
        && Objects.equals(entry, that.entry);
  }

  @Override
  public int hashCode() {
    return Objects.hash(path, entry);
  }

  @Override
  public String toString() {
    return entry == null ? "delete " + path.quoted() : "put " + entry;
  }
}
