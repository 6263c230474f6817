package io.moraine.dataset.secret;

import io.moraine.kit.problem.Problem;

/** Why a secret is not kept. */
sealed interface SecretProblem extends Problem {
  /** More than a team may have. */
  record TooMany(int most) implements SecretProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "secret/too-many";
    }

    @Override
    public String detail() {
      return "Your team has %,d secrets of this kind, which is the most. Delete some, or wait until ephemeral ones expire."
          .formatted(most);
    }
  }
}
