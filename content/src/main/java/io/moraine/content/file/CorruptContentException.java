package io.moraine.content.file;

import io.moraine.content.format.ContentId;
import java.io.IOException;

/** The bytes that came for a content are not the ones its digest names. */
public final class CorruptContentException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient ContentId content;

  public CorruptContentException(ContentId content, String why) {
    super(content + " came damaged: " + why + ". Fetch it again, or from another copy.");
    this.content = content;
  }

  public ContentId content() {
    return content;
  }
}
