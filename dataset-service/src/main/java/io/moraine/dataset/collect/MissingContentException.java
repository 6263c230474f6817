package io.moraine.dataset.collect;

import io.moraine.content.format.ContentId;

/** A version needs a content that its store does not have. */
final class MissingContentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MissingContentException(ContentId content) {
    super("A version needs " + content + ", but its store does not have it.");
  }
}
