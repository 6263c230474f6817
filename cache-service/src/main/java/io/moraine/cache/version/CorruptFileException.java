package io.moraine.cache.version;

import io.moraine.content.tree.FileEntry;

/** What comes for a file is, time and again, not what its version says. */
final class CorruptFileException extends Exception {
  private static final long serialVersionUID = 1L;

  CorruptFileException(FileEntry file, String found) {
    super(
        "%s should be %s, but dataset-service sends %s. Nothing of it was published; the bucket's object may be damaged."
            .formatted(file.path().quoted(), file.content(), found));
  }
}
