package io.moraine.cache.disk;

import io.moraine.content.format.ContentId;

/** Nothing uses a content, and nobody has looked whether it is whole. */
public final class LooseContentException extends Exception {
  private static final long serialVersionUID = 1L;

  LooseContentException(ContentId content) {
    super(content + " may be what a fill left that was killed", null, false, false);
  }
}
