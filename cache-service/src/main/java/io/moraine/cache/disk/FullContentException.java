package io.moraine.cache.disk;

import io.moraine.content.format.ContentId;

/** A content's file has as many links as the file system, or the configuration, lets it have. */
public final class FullContentException extends Exception {
  private static final long serialVersionUID = 1L;

  FullContentException(ContentId content) {
    super(content + " has as many links as one file may have", null, false, false);
  }
}
