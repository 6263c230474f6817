package io.moraine.cli.run;

import static java.util.stream.Collectors.toMap;

import io.moraine.events.run.InputSpec;
import io.moraine.events.run.OutputSpec;
import io.moraine.events.run.RunStarted;
import io.moraine.events.run.SpecType;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a run of one job reads and writes.
 *
 * @param outputs datasets that get a new version each
 * @param volumes temporary directories among the outputs
 * @param message of the new versions
 * @param tags of the new versions
 */
public record RunSpec(
    RunName name,
    Map<RunName, DatasetRef> inputs,
    Map<RunName, DatasetRef> outputs,
    Set<RunName> volumes,
    Optional<String> message,
    List<TagName> tags) {
  private static final String REGION = "local";
  private static final String ENGINE = "moraine run";

  public RunSpec {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
    volumes = Set.copyOf(volumes);
    tags = List.copyOf(tags);
    outputs.forEach(RunSpec::requireNoVersion);
    for (RunName volume : volumes) {
      if (outputs.containsKey(volume)) {
        throw new IllegalArgumentException(
            volume
                + " is the name of an output and of a volume; both are directories in /outputs.");
      }
    }
  }

  private static void requireNoVersion(RunName output, DatasetRef ref) {
    if (!(ref.selector() instanceof DatasetRef.Latest)) {
      throw new IllegalArgumentException(
          "Output "
              + output
              + " names a version ("
              + ref
              + "); it gets a new version of a dataset, so name the dataset alone.");
    }
  }

  /** The event that asks for all of it. */
  RunStarted started(TeamId team) {
    return new RunStarted(team, REGION, name, ENGINE, inputSpecs(), outputSpecs(), List.of());
  }

  private Map<RunName, InputSpec> inputSpecs() {
    return inputs.entrySet().stream()
        .collect(
            toMap(
                Map.Entry::getKey,
                input ->
                    new InputSpec(
                        SpecType.DATASET,
                        Optional.of(input.getValue()),
                        Optional.empty(),
                        List.of())));
  }

  private Map<RunName, OutputSpec> outputSpecs() {
    Map<RunName, OutputSpec> specs = new HashMap<>();
    outputs.forEach(
        (output, ref) ->
            specs.put(
                output,
                new OutputSpec(
                    SpecType.DATASET, Optional.of(ref), message, tags, OptionalLong.empty())));
    volumes.forEach(
        volume ->
            specs.put(
                volume,
                new OutputSpec(
                    SpecType.VOLUME,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    OptionalLong.empty())));
    return specs;
  }
}
