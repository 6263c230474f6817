package io.moraine.dataset.hold;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;

/** Why a version is not held. */
sealed interface HoldProblem extends Problem {
  record NotCommitted(DatasetId dataset, VersionId version) implements HoldProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "hold/version-not-committed";
    }

    @Override
    public String detail() {
      return "Version %s of %s is not committed, and only committed versions can be held. Commit it first."
          .formatted(version, dataset);
    }
  }

  /** It was there a moment ago. */
  record VersionGone(DatasetId dataset, VersionId version) implements HoldProblem {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String type() {
      return "version/not-found";
    }

    @Override
    public String detail() {
      return "Version %s of %s is being deleted.".formatted(version, dataset);
    }
  }
}
