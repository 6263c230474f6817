package io.moraine.dataset.ref;

import io.moraine.kit.problem.Problem;
import java.util.List;
import java.util.Optional;

/** Why a ref names nothing. */
sealed interface RefProblem extends Problem {
  /**
   * The dataset is there, the version is not.
   *
   * @param latest the newest committed version, when there is one
   * @param tags some of the tags there are
   */
  record NoSuchVersion(String dataset, String selector, Optional<String> latest, List<String> tags)
      implements RefProblem {
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
      return "Dataset %s has no version or tag %s; %s".formatted(dataset, selector, wayOut());
    }

    private String wayOut() {
      if (latest.isEmpty()) {
        return "it has no committed version yet: commit one first.";
      }
      String newest = "its latest version is %s".formatted(latest.get());
      return tags.isEmpty()
          ? newest + "."
          : newest + ", its tags begin with " + String.join(", ", tags) + ".";
    }
  }
}
