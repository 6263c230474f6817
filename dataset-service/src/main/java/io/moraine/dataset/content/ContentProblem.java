package io.moraine.dataset.content;

import io.moraine.kit.problem.Problem;

/** Every refusal of this feature. */
sealed interface ContentProblem extends Problem {
  /** An object is wanted again that is just going. */
  record BeingDeleted(String object) implements ContentProblem {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String type() {
      return "content/being-deleted";
    }

    @Override
    public String detail() {
      return "The object %s was garbage and is just being deleted. Nothing was changed; try again in a moment."
          .formatted(object);
    }
  }
}
