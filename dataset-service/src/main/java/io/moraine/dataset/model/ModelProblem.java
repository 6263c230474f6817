package io.moraine.dataset.model;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;

/** Why no model is made. */
sealed interface ModelProblem extends Problem {
  @Override
  default int status() {
    return 404;
  }

  @Override
  default String type() {
    return "model/none-kept";
  }

  /** The version that would be the model is there. */
  record IsVersion(DatasetId dataset, VersionId version, String name) implements ModelProblem {
    @Override
    public String detail() {
      return "Moraine keeps no models: a model is a version of a dataset. This one is %s:%s; name it with: gradient datasets tags set --id %s:%s --name %s"
          .formatted(dataset, version, dataset, version, name);
    }
  }

  /** No version is named that could be one. */
  record NoVersion(String name) implements ModelProblem {
    @Override
    public String detail() {
      return "Moraine keeps no models: a model is a version of a dataset. Make one with: gradient datasets versions create --id DATASET --source-path PATH; then name it with: gradient datasets tags set --id DATASET:VERSION --name %s"
          .formatted(name);
    }
  }
}
