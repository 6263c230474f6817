package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import java.io.IOException;

/** The bucket does not have the object that holds a content, wherever it is said to lie. */
public final class MissingContentException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient ContentId content;

  MissingContentException(ContentId content, String why) {
    super(content + " is lost: " + why);
    this.content = content;
  }

  public ContentId content() {
    return content;
  }
}
