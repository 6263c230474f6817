package io.moraine.cache.version;

import io.moraine.content.file.CorruptContentException;
import io.moraine.content.tree.FileEntry;
import java.util.Collection;

/** What comes for a content is, time and again, something else. */
final class CorruptFileException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param files of which one has the content, or it is a piece of one
   */
  CorruptFileException(CorruptContentException cause, Collection<FileEntry> files) {
    super(
        "%s cannot be cached: %s Nothing was published; the bucket's object may be damaged."
            .formatted(name(cause, files), cause.getMessage()),
        cause);
  }

  private static String name(CorruptContentException cause, Collection<FileEntry> files) {
    return files.stream()
        .filter(file -> file.content().equals(cause.content()))
        .map(file -> file.path().quoted())
        .findFirst()
        .orElse("A large file");
  }
}
