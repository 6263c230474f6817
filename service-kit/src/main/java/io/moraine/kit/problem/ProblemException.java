package io.moraine.kit.problem;

/**
 * A {@link Problem} on its way to the caller. It carries no stack trace: it is an answer, not a
 * fault.
 */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
