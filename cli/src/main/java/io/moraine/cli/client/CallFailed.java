package io.moraine.cli.client;

/** A service refused a call, or did not answer. */
public final class CallFailed extends CommandFailed {
  private static final long serialVersionUID = 1L;
  private static final int NO_ANSWER = 0;
  private static final int TOO_MANY_REQUESTS = 429;

  private final int status;

  private CallFailed(int status, String message, Throwable cause) {
    super(ExitCode.ofStatus(status), message, cause);
    this.status = status;
  }

  static CallFailed refused(int status, String message) {
    return new CallFailed(status, message, null);
  }

  static CallFailed unanswered(String message, Throwable cause) {
    return new CallFailed(NO_ANSWER, message, cause);
  }

  /** The HTTP status; 0 when there was no answer. */
  public int status() {
    return status;
  }

  /** Whether the same call may succeed later, for example when the service is up again. */
  public boolean mayPass() {
    return status == NO_ANSWER || status == TOO_MANY_REQUESTS || status >= 500;
  }
}
