package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import java.io.IOException;

/**
 * What a URL named is not there: an old URL, an object that was packed anew, or one of somebody
 * else's that is another now. The same request will not do better, another URL may.
 */
final class MovedException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int NOT_FOUND = 404;

  private final int status;

  MovedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** What it means when no other URL helps either. */
  IOException about(ContentId content) {
    return status == NOT_FOUND ? new MissingContentException(content, getMessage()) : this;
  }
}
