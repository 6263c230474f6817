package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import java.io.IOException;
import java.util.List;

/** The service or the bucket refused a request, or went on failing as often as was tried. */
public final class CallRefusedException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final transient List<ContentId> missing;

  CallRefusedException(int status, String message, List<ContentId> missing) {
    super(message);
    this.status = status;
    this.missing = List.copyOf(missing);
  }

  CallRefusedException(int status, String message) {
    this(status, message, List.of());
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** Contents that have to be there first; empty when that is not why. */
  public List<ContentId> missing() {
    return missing;
  }
}
