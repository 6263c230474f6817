package io.moraine.volume.reconcile;

import io.moraine.events.lineage.OpenLineageRun;
import io.moraine.events.lineage.OpenLineageRun.Dataset;
import io.moraine.events.lineage.OpenLineageRun.Transition;
import io.moraine.events.run.Outcome;
import io.moraine.events.volume.JobEnded;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.moraine.volume.mount.RunKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The versions that a job reads and writes, as far as they are known now, told in the words of our
 * own events and of OpenLineage. Immutable.
 */
record JobVersions(List<JobEnded.Input> inputs, List<JobEnded.Output> outputs) {
  /** That an attempt was told that it may start. */
  OpenLineageRun started(RunKey run, RunName job, int attempt, Instant at) {
    return lineage(Transition.START, run, job, attempt, at);
  }

  /** That an attempt which was started has ended. */
  OpenLineageRun ended(JobEnded end) {
    return lineage(
        transition(end.outcome()),
        new RunKey(end.team(), end.run()),
        end.job(),
        end.attempt(),
        end.endedAt());
  }

  private OpenLineageRun lineage(
      Transition transition, RunKey run, RunName job, int attempt, Instant at) {
    TeamId team = run.team();
    return OpenLineageRun.of(
        transition,
        at,
        team,
        run.run(),
        job,
        attempt,
        inputs.stream()
            .map(input -> Dataset.of(team, input.dataset(), Optional.of(input.version())))
            .toList(),
        outputs.stream()
            .map(output -> Dataset.of(team, output.dataset(), output.version()))
            .toList());
  }

  private static Transition transition(Outcome outcome) {
    return switch (outcome) {
      case SUCCEEDED -> Transition.COMPLETE;
      case FAILED -> Transition.FAIL;
      case CANCELLED -> Transition.ABORT;
    };
  }
}
