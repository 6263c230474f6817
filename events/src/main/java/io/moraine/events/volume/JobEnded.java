package io.moraine.events.volume;

import io.moraine.events.run.Outcome;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A job has ended, its outputs included: exactly one of each job that a run has, however it ended.
 *
 * @param engine what started the run, where it said so
 * @param outcome how the job ended: failed as well when its work succeeded and an output could not
 *     be kept
 * @param inputs the versions that its dataset inputs were frozen to
 * @param outputs its dataset outputs
 * @param startedAt when it was told that it may start; absent when it never was, so that it has
 *     read and written nothing
 */
public record JobEnded(
    TeamId team,
    RunName run,
    RunName job,
    int attempt,
    Optional<String> engine,
    Outcome outcome,
    List<Input> inputs,
    List<Output> outputs,
    Optional<Instant> startedAt,
    Instant endedAt)
    implements VolumeEvent {
  /** A version that an input of this name was frozen to. */
  public record Input(RunName name, DatasetId dataset, VersionId version) {}

  /** What an output of this name became; a version only when it is committed. */
  public record Output(
      RunName name, DatasetId dataset, Optional<VersionId> version, Optional<Sha256> digest) {}

  public JobEnded {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  @Override
  public String key() {
    return run.text();
  }
}
