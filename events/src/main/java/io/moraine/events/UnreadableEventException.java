package io.moraine.events;

/**
 * An event that can never be processed: its message says why. It belongs on {@link
 * Topic#DEAD_LETTERS}.
 */
public final class UnreadableEventException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnreadableEventException(String message) {
    super(message);
  }

  public UnreadableEventException(String message, Throwable cause) {
    super(message, cause);
  }
}
