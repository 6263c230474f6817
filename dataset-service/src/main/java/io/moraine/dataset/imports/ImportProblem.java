package io.moraine.dataset.imports;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.ImportId;

/** Every refusal of this feature. */
sealed interface ImportProblem extends Problem {
  /** The team has enough that has not ended. */
  record TooMany(int most) implements ImportProblem {
    @Override
    public int status() {
      return 429;
    }

    @Override
    public String type() {
      return "import/too-many";
    }

    @Override
    public String detail() {
      return "Your team has %d imports that have not ended, which is the most. Wait for one, or cancel one."
          .formatted(most);
    }
  }

  /** It has ended, or is about to. */
  record TooLate(ImportId id, ImportState state) implements ImportProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "import/too-late";
    }

    @Override
    public String detail() {
      return "%s is %s: it cannot be cancelled any more. Delete its version, if it has one."
          .formatted(id, state.text());
    }
  }
}
