package io.moraine.dataset.workflow;

import io.moraine.kit.problem.Problem;
import java.util.List;
import java.util.Map;

/** Why a run is not started. */
sealed interface WorkflowProblem extends Problem {
  /**
   * The spec, or an input that was given with it, cannot be run.
   *
   * @param reasons each names the thing and the way out
   */
  record InvalidSpec(List<String> reasons) implements WorkflowProblem {
    private static final int SHOWN = 5;

    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "workflow/invalid-spec";
    }

    @Override
    public String detail() {
      String first = String.join(" ", reasons.subList(0, Math.min(SHOWN, reasons.size())));
      return reasons.size() > SHOWN
          ? "%s (and %d more)".formatted(first, reasons.size() - SHOWN)
          : first;
    }

    @Override
    public Map<String, Object> members() {
      return Map.of("reasons", reasons);
    }
  }
}
