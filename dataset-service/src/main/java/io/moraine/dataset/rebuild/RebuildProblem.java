package io.moraine.dataset.rebuild;

import io.moraine.kit.problem.Problem;

/** Why nothing is rebuilt. */
sealed interface RebuildProblem extends Problem {
  record NotEmpty(long datasets) implements RebuildProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "rebuild/not-empty";
    }

    @Override
    public String detail() {
      return "The database has %d datasets: only an empty one is rebuilt, so that nothing that is newer than the bucket is lost."
          .formatted(datasets);
    }
  }

  record UnderWay(String id) implements RebuildProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "rebuild/under-way";
    }

    @Override
    public String detail() {
      return "A rebuild is under way: GET /rebuilds/%s says how far it is.".formatted(id);
    }
  }
}
