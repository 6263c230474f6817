package io.moraine.cli.client;

/** A failure that is the user's to mend: its message says what, which, why and what to do. */
public class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  public CommandFailed(String message) {
    this(message, null);
  }

  public CommandFailed(String message, Throwable cause) {
    this(ExitCode.FAILED, message, cause);
  }

  CommandFailed(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** What was asked for would break something, and is not done. */
  public static CommandFailed refused(String message) {
    return new CommandFailed(ExitCode.REFUSED, message, null);
  }

  /** There is no such thing. */
  public static CommandFailed notFound(String message) {
    return new CommandFailed(ExitCode.NOT_FOUND, message, null);
  }

  /** Bytes are not what their digest says. */
  public static CommandFailed damaged(String message, Throwable cause) {
    return new CommandFailed(ExitCode.DAMAGED, message, cause);
  }

  /** What a data command ends with. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
