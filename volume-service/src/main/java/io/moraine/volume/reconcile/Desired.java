package io.moraine.volume.reconcile;

import io.moraine.events.run.Outcome;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What events told of a run.
 *
 * @param jobs in the order of the announcement; their needs and {@code from}s name one another
 * @param outcome how the run ended, once it did
 */
record Desired(List<Job> jobs, Optional<Outcome> outcome) {
  Desired {
    jobs = List.copyOf(jobs);
  }

  /**
   * @param needs the jobs that have to succeed before, those included whose outputs it reads
   * @param outcome how its work ended, once it did; cancelled when its run ended before it
   */
  record Job(
      RunName name,
      List<RunName> needs,
      Map<RunName, Input> inputs,
      Map<RunName, Output> outputs,
      Optional<Outcome> outcome) {
    Job {
      needs = List.copyOf(needs);
    }

    boolean writesDatasets() {
      return outputs.values().stream().anyMatch(DatasetOutput.class::isInstance);
    }
  }

  /** What a job reads. */
  sealed interface Input permits NamedVersion, WrittenVersion, WrittenVolume {}

  /** The version that {@code ref} names when the run is announced. */
  record NamedVersion(DatasetRef ref) implements Input {}

  /** The version that an earlier job's output became. */
  record WrittenVersion(RunName job, RunName output) implements Input {}

  /** The volume that an earlier job wrote. */
  record WrittenVolume(RunName job, RunName output) implements Input {}

  /** What a job writes. */
  sealed interface Output permits DatasetOutput, VolumeOutput {}

  /** Becomes a version of the dataset that {@code ref} names, with this message and these tags. */
  record DatasetOutput(DatasetRef ref, Optional<String> message, List<TagName> tags)
      implements Output {}

  /** Lives as long as the run. */
  record VolumeOutput(OptionalLong sizeBytes) implements Output {}
}
