package io.moraine.cli.client;

/** A failure that is the user's to mend: its message says what, which, why and what to do. */
public class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFailed(String message) {
    super(message);
  }

  public CommandFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
