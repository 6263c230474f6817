package io.moraine.cli.client;

/** What the commands about datasets end with; the same for ever, since scripts ask for it. */
public enum ExitCode {
  OK(0),
  FAILED(1),
  USAGE(2),
  NOT_FOUND(3),
  REFUSED(4),
  DAMAGED(5);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  static ExitCode ofStatus(int status) {
    return switch (status) {
      case 404, 410 -> NOT_FOUND;
      case 401, 403, 409, 412, 423 -> REFUSED;
      default -> FAILED;
    };
  }

  /** What an answer with this HTTP status means for a command. */
  public static CommandFailed failure(int status, String message, Throwable cause) {
    return new CommandFailed(ofStatus(status), message, cause);
  }
}
