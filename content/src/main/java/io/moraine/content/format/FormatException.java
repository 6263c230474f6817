package io.moraine.content.format;

/**
 * Stored bytes are not what the format allows, or not what their digest promises. Says what was
 * read and what is wrong with it. Reading the same bytes again gives the same answer: refetch them
 * from elsewhere or refuse them.
 */
public final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public FormatException(String message) {
    super(message);
  }

  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
