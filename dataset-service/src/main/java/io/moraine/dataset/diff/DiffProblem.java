package io.moraine.dataset.diff;

import io.moraine.dataset.version.VersionKey;
import io.moraine.kit.problem.Problem;

/** Every refusal of this feature. */
sealed interface DiffProblem extends Problem {
  /** A version that may still change. */
  record NotCommitted(VersionKey version) implements DiffProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "diff/not-committed";
    }

    @Override
    public String detail() {
      return "%s is not committed: its files may still change. Commit it, then compare it."
          .formatted(version);
    }
  }
}
