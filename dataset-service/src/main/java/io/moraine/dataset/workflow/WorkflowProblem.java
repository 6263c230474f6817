package io.moraine.dataset.workflow;

import io.moraine.kit.problem.Problem;
import java.util.List;
import java.util.Map;

/** Why a run is not started, or not shown. */
sealed interface WorkflowProblem extends Problem {
  /** What jobs print is the engine's. */
  record NoLogs() implements WorkflowProblem {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String type() {
      return "workflow/no-logs";
    }

    @Override
    public String detail() {
      return "Moraine keeps no logs of jobs: look at the engine that runs them. How a run ended:"
          + " gradient workflows get --id WORKFLOW --show-runs --run N";
    }
  }

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
