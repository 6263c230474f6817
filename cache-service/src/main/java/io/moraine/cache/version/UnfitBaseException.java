package io.moraine.cache.version;

/** A cached version cannot be made into the one that is filled, which is then listed whole. */
final class UnfitBaseException extends Exception {
  private static final long serialVersionUID = 1L;

  UnfitBaseException(String message) {
    super(message);
  }

  UnfitBaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
