package io.moraine.dataset.lineage;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One attempt at a job as the graph shows it.
 *
 * @param state {@code running}, how it ended, or {@code unknown} when only the origin of a version
 *     tells of it
 * @param reads the inputs that the walk came by
 * @param writes the outputs that the walk came by
 */
public record JobNode(
    RunName run,
    RunName job,
    int attempt,
    String state,
    Optional<String> engine,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    List<Link> reads,
    List<Link> writes) {
  /** Which attempt. */
  record Key(RunName run, RunName job, int attempt) {}

  /** A version under the name that the job has for it. */
  public record Link(RunName name, DatasetId dataset, VersionId version) {}
}
