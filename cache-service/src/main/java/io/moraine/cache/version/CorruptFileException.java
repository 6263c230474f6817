package io.moraine.cache.version;

import io.moraine.content.file.CorruptContentException;

/** What comes for a content is, time and again, something else. */
final class CorruptFileException extends Exception {
  private static final long serialVersionUID = 1L;

  CorruptFileException(CorruptContentException cause) {
    super(
        cause.getMessage() + " Nothing was published; the bucket's object may be damaged.", cause);
  }
}
