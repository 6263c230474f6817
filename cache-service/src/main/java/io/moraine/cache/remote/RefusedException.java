package io.moraine.cache.remote;

/** dataset-service understood the request and will not do it; asking again changes nothing. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  RefusedException(int status, String detail) {
    super(detail, null, false, false);
    this.status = status;
  }

  /** The HTTP status, 4xx. */
  public int status() {
    return status;
  }

  /** Whether what was asked about does not exist, or is another team's. */
  public boolean isNotFound() {
    return status == 404;
  }
}
