package io.moraine.cache.version;

/** The file system cannot hold a version as it is; the message names the path. */
final class UncacheableException extends Exception {
  private static final long serialVersionUID = 1L;

  UncacheableException(String message, Throwable cause) {
    super(message, cause);
  }
}
