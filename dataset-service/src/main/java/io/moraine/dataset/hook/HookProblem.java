package io.moraine.dataset.hook;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.HookId;

/** Every refusal of this feature. */
sealed interface HookProblem extends Problem {
  /** It does not come from who knows the secret. */
  record WrongSignature(HookId hook) implements HookProblem {
    @Override
    public int status() {
      return 401;
    }

    @Override
    public String type() {
      return "hook/wrong-signature";
    }

    @Override
    public String detail() {
      return "X-Hub-Signature-256 is not the signature of this body with the secret of %s. Enter the secret that the hook was made with."
          .formatted(hook);
    }
  }

  /** More than any event has. */
  record TooLarge(int mostBytes) implements HookProblem {
    @Override
    public int status() {
      return 413;
    }

    @Override
    public String type() {
      return "hook/too-large";
    }

    @Override
    public String detail() {
      return "A delivery has at most %,d bytes. Have the hook send push events alone."
          .formatted(mostBytes);
    }
  }

  /** The team has enough. */
  record TooMany(int most) implements HookProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "hook/too-many";
    }

    @Override
    public String detail() {
      return "The dataset has %d hooks, which is the most. Delete one that is not used any more."
          .formatted(most);
    }
  }
}
