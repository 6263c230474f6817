package io.moraine.cache.output;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.RunName;

/** What is refused about outputs. */
sealed interface OutputProblem extends Problem {
  /** Nobody opened it. */
  record NotOpened(RunName run, RunName job, int attempt) implements OutputProblem {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String type() {
      return "output/not-opened";
    }

    @Override
    public String detail() {
      return "No outputs of %s/%s, attempt %d, were opened in your team. PUT it with state \"open\" first."
          .formatted(run, job, attempt);
    }
  }

  /** What is sealed becomes a version, and what is discarded is gone. */
  record Decided(RunName run, RunName job, int attempt, String asked, String is)
      implements OutputProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "output/decided";
    }

    @Override
    public String detail() {
      return "The outputs of %s/%s, attempt %d, cannot %s any more: they are %s."
          .formatted(run, job, attempt, asked, is);
    }
  }
}
