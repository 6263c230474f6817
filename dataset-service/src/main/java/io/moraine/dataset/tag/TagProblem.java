package io.moraine.dataset.tag;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;

/** Why a tag is not set. */
sealed interface TagProblem extends Problem {
  record Unusable(String detail) implements TagProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "tag/unusable";
    }
  }

  record NotCommitted(DatasetId dataset, VersionId version) implements TagProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "tag/version-not-committed";
    }

    @Override
    public String detail() {
      return "Version %s of %s is not committed, and tags name committed versions only. Commit it with POST /datasets/%s/versions/%s {\"isCommitted\": true}, then tag it."
          .formatted(version, dataset, dataset, version);
    }
  }
}
