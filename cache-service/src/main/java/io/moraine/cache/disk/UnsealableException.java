package io.moraine.cache.disk;

/** Something that a job left in its output can be no file of a version; says what and why. */
public final class UnsealableException extends Exception {
  private static final long serialVersionUID = 1L;

  UnsealableException(String message) {
    super(message);
  }
}
