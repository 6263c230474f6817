package io.moraine.content.store;

/** The bucket did not do what was asked. The message names the action, the key and the answer. */
public final class ObjectStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What kind of failure it is. */
  public enum Reason {
    /** There is no such object or bucket. */
    MISSING,
    /** The request, the credentials or the bytes are wrong; the same again will fail again. */
    REFUSED,
    /** The bucket could not be reached or is busy, after the client's own retries. */
    UNAVAILABLE
  }

  private final Reason reason;

  ObjectStoreException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Whether the same request may succeed later. */
  public boolean isRetryable() {
    return reason == Reason.UNAVAILABLE;
  }
}
