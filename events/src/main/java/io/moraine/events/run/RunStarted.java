package io.moraine.events.run;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A run has started and wants its inputs, volumes and outputs.
 *
 * @param region where it runs; {@code local} when not said
 * @param engine who runs it, for people
 * @param inputs of the one job {@code main}, when {@code jobs} is empty
 * @param outputs of the one job {@code main}, when {@code jobs} is empty
 */
public record RunStarted(
    TeamId team,
    String region,
    RunName run,
    String engine,
    Map<RunName, InputSpec> inputs,
    Map<RunName, OutputSpec> outputs,
    List<JobSpec> jobs)
    implements RunEvent, RunAnnouncement {
  public RunStarted {
    region = Objects.requireNonNullElse(region, "local");
    engine = Objects.requireNonNullElse(engine, "");
    inputs = inputs == null ? Map.of() : Map.copyOf(inputs);
    outputs = outputs == null ? Map.of() : Map.copyOf(outputs);
    jobs = jobs == null ? List.of() : List.copyOf(jobs);
  }
}
