package io.moraine.events.run;

import io.moraine.vocabulary.RunName;
import java.util.List;
import java.util.Map;

/**
 * One job of a run.
 *
 * @param needs jobs that have to succeed before
 */
public record JobSpec(
    RunName job,
    List<RunName> needs,
    Map<RunName, InputSpec> inputs,
    Map<RunName, OutputSpec> outputs) {
  public JobSpec {
    needs = needs == null ? List.of() : List.copyOf(needs);
    inputs = inputs == null ? Map.of() : Map.copyOf(inputs);
    outputs = outputs == null ? Map.of() : Map.copyOf(outputs);
  }
}
