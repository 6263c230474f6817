package io.moraine.dataset.team;

import io.moraine.kit.problem.Problem;

/** Why a team is not made. */
sealed interface TeamProblem extends Problem {
  record NameTaken(String name) implements TeamProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "team/name-taken";
    }

    @Override
    public String detail() {
      return "There is already a team called %s; choose another name.".formatted(name);
    }
  }

  record OperatorsOnly() implements TeamProblem {
    @Override
    public int status() {
      return 403;
    }

    @Override
    public String type() {
      return "team/operators-only";
    }

    @Override
    public String detail() {
      return "Only an admin of the operator's team may do this; ask whoever runs this installation.";
    }
  }
}
