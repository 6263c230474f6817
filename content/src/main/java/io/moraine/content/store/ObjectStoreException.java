package io.moraine.content.store;

/** The bucket did not do what was asked. The message names the action, the key and the answer. */
public final class ObjectStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What kind of failure it is. */
  public enum Reason {
    /** There is no such object or bucket. */
    MISSING,
    /** The object is there, but is another than the one that was asked for. */
    CHANGED,
    /** The request, the credentials or the bytes are wrong; the same again will fail again. */
    REFUSED,
    /** The bucket could not be reached or is busy, after the client's own retries. */
    UNAVAILABLE
  }

  private final Reason reason;

  private final String bucket;

  ObjectStoreException(Reason reason, String bucket, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.bucket = bucket;
  }

  /** For a {@link BucketGate} that refuses a request to {@code bucket}, as people know it. */
  public ObjectStoreException(String bucket, String message) {
    this(Reason.UNAVAILABLE, bucket, message, null);
  }

  /** Which bucket it was, as people know it. */
  public String bucket() {
    return bucket;
  }

  public Reason reason() {
    return reason;
  }

  /** Whether the same request may succeed later. */
  public boolean isRetryable() {
    return reason == Reason.UNAVAILABLE;
  }
}
