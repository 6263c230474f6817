package io.moraine.volume.reconcile;

import io.moraine.events.run.Outcome;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One thing to do for a run. Each may be repeated, whatever of it was done before. */
sealed interface Step {
  /** Resolves the ref of an input and holds the version; holding a held one again renews. */
  record Hold(RunName job, RunName input, DatasetRef ref) implements Step {}

  /** Finds the dataset that an output's ref names. */
  record FindDataset(RunName job, RunName output, DatasetRef ref) implements Step {}

  /** Wants an input cached and keeps it so; pinning a pinned one again renews. */
  record Pin(RunName job, RunName input, Observed.Frozen version) implements Step {}

  /** Looks whether a pinned input is cached. */
  record LookAtInput(RunName job, RunName input, Observed.Frozen version) implements Step {}

  /** Makes a temporary volume. */
  record Provision(RunName job, RunName output, OptionalLong sizeBytes) implements Step {}

  /** Makes the team's storage. */
  record MakeStorage() implements Step {}

  /** Has the directories made that become versions. */
  record OpenOutputs(RunName job) implements Step {}

  /** Looks how far the outputs are. */
  record LookAtOutputs(RunName job) implements Step {}

  /** Tells that the job may start, once. */
  record Announce(RunName job) implements Step {}

  /** Makes versions of the outputs. */
  record Seal(RunName job) implements Step {}

  /** Gives the outputs up. */
  record Discard(RunName job) implements Step {}

  /** Ends the job; the reason says why otherwise than its work. */
  record End(RunName job, Outcome outcome, Optional<String> reason) implements Step {}

  /** Tells that the run can never be made ready, once, and cancels its jobs. */
  record Reject(List<String> reasons) implements Step {}

  /** Lets a pinned input go from the cache. */
  record Unpin(RunName job, RunName input, Observed.Frozen version) implements Step {}

  /** Lets a held version go. */
  record LetGo(RunName job, RunName input, Observed.Frozen version) implements Step {}

  /** Removes a temporary volume. */
  record Remove(RunName job, RunName output) implements Step {}

  /** Ends the run: nothing of it is left but its rows. */
  record Close(RunState state, List<String> reasons) implements Step {}
}
