package io.moraine.content.transfer;

import java.io.IOException;
import java.net.URI;

/** A server could not be reached, broke off, or stood still: it says which one and how. */
public final class UnansweredException extends IOException {
  private static final long serialVersionUID = 1;

  private UnansweredException(String message, Throwable cause) {
    super(message, cause);
  }

  static UnansweredException none(URI asked, Throwable cause) {
    return new UnansweredException(place(asked) + " does not answer: " + why(cause), cause);
  }

  static UnansweredException brokenOff(URI asked, Throwable cause) {
    return new UnansweredException(
        place(asked) + " broke off in the middle of an answer: " + why(cause), cause);
  }

  static UnansweredException stalled(URI asked, String what) {
    return new UnansweredException(place(asked) + " stands still: " + what, null);
  }

  /** Without its query, whose signature is nobody else's business. */
  private static String place(URI asked) {
    return asked.getScheme() + "://" + asked.getRawAuthority();
  }

  /** Some failures of the client have no message, and none says less than its kind. */
  private static String why(Throwable cause) {
    String kind = cause.getClass().getSimpleName();
    return cause.getMessage() == null ? kind : kind + ": " + cause.getMessage();
  }
}
