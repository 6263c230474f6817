package io.moraine.dataset.dataset;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.DatasetName;
import java.time.Instant;

/** Why a dataset is not made, changed or deleted. */
sealed interface DatasetProblem extends Problem {
  record NameTaken(DatasetName name) implements DatasetProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "dataset/name-taken";
    }

    @Override
    public String detail() {
      return "Your team already has a dataset called %s; choose another name, or add a version to it."
          .formatted(name);
    }
  }

  record UnknownProvider(String provider) implements DatasetProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "dataset/unknown-provider";
    }

    @Override
    public String detail() {
      return "There is no storage provider %s in your team; GET /storageProviders lists them, and without storageProviderId it is Gradient Managed."
          .formatted(provider);
    }
  }

  record Held(DatasetName name, String version, String holder, Instant until)
      implements DatasetProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "dataset/held";
    }

    @Override
    public String detail() {
      return "%s cannot be deleted: %s holds its version %s until %s. Wait, or let go with DELETE /datasets/%s/versions/%s/holds/%s."
          .formatted(name, holder, version, until, name, version, holder);
    }
  }
}
