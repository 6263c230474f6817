package io.moraine.volume.reconcile;

import io.moraine.events.run.Outcome;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.VersionId;
import io.moraine.volume.volume.VolumePhase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known to be there of a run, as last seen.
 *
 * @param renewBefore leases that end before this time are to be renewed now
 * @param storage what to mount as the team's storage, once it is there
 * @param rejected why the run was rejected; empty as long as it was not
 */
record Observed(
    Instant renewBefore, Optional<String> storage, List<String> rejected, Map<RunName, Job> jobs) {

  /**
   * @param ready whether its JobReady was sent
   * @param ended how it ended, outputs included
   * @param reason why it ended otherwise than its work did
   */
  record Job(
      boolean ready,
      Optional<Outcome> ended,
      Optional<String> reason,
      Map<RunName, Input> inputs,
      Map<RunName, Output> outputs,
      Map<RunName, Volume> volumes) {
    boolean succeeded() {
      return ended.equals(Optional.of(Outcome.SUCCEEDED));
    }
  }

  /**
   * A volume output.
   *
   * @param source what to mount, once it is there
   */
  record Volume(VolumePhase phase, Optional<String> source) {}

  /** A version of a dataset. */
  record Frozen(DatasetId dataset, VersionId version) {
    @Override
    public String toString() {
      return dataset + ":" + version;
    }
  }

  /**
   * A dataset input.
   *
   * @param heldUntil absent when it is not held (any more)
   * @param pinnedUntil absent when it is not pinned (any more)
   * @param impossible why it can never be there
   */
  record Input(
      Optional<Frozen> frozen,
      Optional<Instant> heldUntil,
      Optional<Instant> pinnedUntil,
      boolean cached,
      Optional<String> impossible) {}

  /**
   * A dataset output.
   *
   * @param dataset what its ref names
   * @param version what it became
   * @param reason why it failed, or can never be opened
   */
  record Output(
      Optional<DatasetId> dataset,
      OutputState state,
      Optional<VersionId> version,
      Optional<String> reason) {
    boolean settled() {
      return state == OutputState.STORED
          || state == OutputState.DISCARDED
          || state == OutputState.FAILED;
    }
  }
}
