package io.moraine.volume.reconcile;

/**
 * Another service refuses a request for good: asking again cannot help. The message is its own
 * detail. Everything else that goes wrong on the way is some other exception, and tried again.
 */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  Refused(int status, String detail) {
    super(detail, null, false, false);
    this.status = status;
  }

  boolean isAbsent() {
    return status == 404;
  }
}
