package io.moraine.volume.reconcile;

import io.moraine.events.run.Outcome;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.volume.reconcile.Desired.DatasetOutput;
import io.moraine.volume.reconcile.Desired.NamedVersion;
import io.moraine.volume.reconcile.Desired.VolumeOutput;
import io.moraine.volume.reconcile.Desired.WrittenVersion;
import io.moraine.volume.reconcile.Observed.Frozen;
import io.moraine.volume.reconcile.Observed.Input;
import io.moraine.volume.reconcile.Observed.Output;
import io.moraine.volume.volume.VolumePhase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The whole of what a run needs next, decided without any effect: the same arguments, the same
 * steps. An empty plan means that there is nothing to do until something is told or a lease ends.
 */
final class Plan {
  private final Desired desired;
  private final Observed observed;
  private final List<Step> steps = new ArrayList<>();

  private Plan(Desired desired, Observed observed) {
    this.desired = desired;
    this.observed = observed;
  }

  /** The steps to take now, in this order; each may be repeated. */
  static List<Step> between(Desired desired, Observed observed) {
    return new Plan(desired, observed).make();
  }

  private List<Step> make() {
    if (!over()) {
      freeze();
      if (!steps.isEmpty()) {
        return steps; // Everything is asked for first, so that a rejection names every reason.
      }
      List<String> reasons = whyImpossible();
      if (!reasons.isEmpty()) {
        return List.of(new Step.Reject(reasons));
      }
      renew();
    }
    desired.jobs().forEach(this::advance);
    if (over() && desired.jobs().stream().allMatch(job -> seen(job).ended().isPresent())) {
      release();
      if (steps.isEmpty()) {
        steps.add(close());
      }
    }
    return steps;
  }

  private boolean over() {
    return desired.outcome().isPresent() || !observed.rejected().isEmpty();
  }

  private Observed.Job seen(Desired.Job job) {
    return observed.jobs().get(job.name());
  }

  /** Every ref is resolved when the run is first heard of, whenever its job starts. */
  private void freeze() {
    for (Desired.Job job : desired.jobs()) {
      if (job.outcome().isPresent()) {
        continue;
      }
      job.inputs()
          .forEach(
              (name, wanted) -> {
                Input input = seen(job).inputs().get(name);
                if (wanted instanceof NamedVersion named && isUnasked(input)) {
                  steps.add(new Step.Hold(job.name(), name, named.ref()));
                }
              });
      job.outputs()
          .forEach(
              (name, wanted) -> {
                Output output = seen(job).outputs().get(name);
                if (wanted instanceof DatasetOutput to
                    && output.dataset().isEmpty()
                    && output.reason().isEmpty()) {
                  steps.add(new Step.FindDataset(job.name(), name, to.ref()));
                }
              });
    }
  }

  private static boolean isUnasked(Input input) {
    return input.frozen().isEmpty() && input.impossible().isEmpty();
  }

  private List<String> whyImpossible() {
    return desired.jobs().stream()
        .filter(job -> job.outcome().isEmpty() && !seen(job).ready())
        .map(this::seen)
        .flatMap(
            job ->
                Stream.concat(
                    job.inputs().values().stream().map(Input::impossible),
                    job.outputs().values().stream().map(Output::reason)))
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }

  private void renew() {
    for (Desired.Job job : desired.jobs()) {
      seen(job)
          .inputs()
          .forEach(
              (name, input) -> {
                if (endsSoon(input.heldUntil())) {
                  steps.add(new Step.Hold(job.name(), name, exactly(input)));
                }
                if (endsSoon(input.pinnedUntil())) {
                  steps.add(new Step.Pin(job.name(), name, input.frozen().orElseThrow()));
                }
              });
    }
  }

  private boolean endsSoon(Optional<Instant> lease) {
    return lease.filter(observed.renewBefore()::isAfter).isPresent();
  }

  private static DatasetRef exactly(Input input) {
    return ref(input.frozen().orElseThrow());
  }

  private static DatasetRef ref(Frozen frozen) {
    return new DatasetRef(
        Optional.empty(), frozen.dataset().text(), new DatasetRef.Exactly(frozen.version()));
  }

  private void advance(Desired.Job job) {
    Observed.Job seen = seen(job);
    if (seen.ended().isPresent()) {
      return;
    }
    if (job.outcome().isPresent()) {
      finish(job, seen, job.outcome().get());
    } else if (!seen.ready() && job.needs().stream().allMatch(this::hasSucceeded)) {
      prepare(job, seen);
    }
  }

  private boolean hasSucceeded(RunName job) {
    return observed.jobs().get(job).succeeded();
  }

  private void prepare(Desired.Job job, Observed.Job seen) {
    int before = steps.size();
    job.inputs().forEach((name, wanted) -> prepareInput(job, seen, name, wanted));
    job.outputs()
        .forEach(
            (name, wanted) -> {
              if (wanted instanceof VolumeOutput volume && !isProvisioned(seen, name)) {
                steps.add(new Step.Provision(job.name(), name, volume.sizeBytes()));
              }
            });
    if (observed.storage().isEmpty()) {
      steps.add(new Step.MakeStorage());
    }
    if (anyOutput(seen, OutputState.WANTED)) {
      steps.add(new Step.OpenOutputs(job.name()));
    } else if (anyOutput(seen, OutputState.OPENING)) {
      steps.add(new Step.LookAtOutputs(job.name()));
    }
    if (steps.size() == before) {
      steps.add(new Step.Announce(job.name()));
    }
  }

  private static boolean isProvisioned(Observed.Job seen, RunName output) {
    Observed.Volume volume = seen.volumes().get(output);
    return volume != null && volume.phase() == VolumePhase.PROVISIONED;
  }

  private void prepareInput(
      Desired.Job job, Observed.Job seen, RunName name, Desired.Input wanted) {
    if (wanted instanceof Desired.WrittenVolume) {
      return; // Its job has succeeded, so it is there.
    }
    Input input = seen.inputs().get(name);
    if (input.frozen().isEmpty()) {
      WrittenVersion from = (WrittenVersion) wanted;
      steps.add(new Step.Hold(job.name(), name, ref(written(from))));
    } else if (input.pinnedUntil().isEmpty()) {
      steps.add(new Step.Pin(job.name(), name, input.frozen().get()));
    } else if (!input.cached()) {
      steps.add(new Step.LookAtInput(job.name(), name, input.frozen().get()));
    }
  }

  /** What a job that has succeeded wrote. */
  private Frozen written(WrittenVersion from) {
    Output output = observed.jobs().get(from.job()).outputs().get(from.output());
    return new Frozen(output.dataset().orElseThrow(), output.version().orElseThrow());
  }

  private void finish(Desired.Job job, Observed.Job seen, Outcome told) {
    boolean keeps = told == Outcome.SUCCEEDED && seen.ready();
    if (!settled(seen)) {
      steps.add(
          !keeps
              ? new Step.Discard(job.name())
              : anyOutput(seen, OutputState.OPEN)
                  ? new Step.Seal(job.name())
                  : new Step.LookAtOutputs(job.name()));
      return;
    }
    if (told != Outcome.SUCCEEDED || !job.writesDatasets()) {
      steps.add(new Step.End(job.name(), told, Optional.empty()));
    } else if (!seen.ready()) {
      steps.add(
          new Step.End(
              job.name(),
              Outcome.FAILED,
              Optional.of(
                  "Job %s ended before it was told where its outputs are, so there is nothing to keep; wait for JobReady before the work starts."
                      .formatted(job.name()))));
    } else {
      steps.add(stored(job, seen));
    }
  }

  private static Step stored(Desired.Job job, Observed.Job seen) {
    List<String> lost =
        seen.outputs().entrySet().stream()
            .filter(output -> output.getValue().state() != OutputState.STORED)
            .map(
                output ->
                    "Output %s of job %s was not stored: %s"
                        .formatted(
                            output.getKey(),
                            job.name(),
                            output.getValue().reason().orElse("it was discarded.")))
            .toList();
    return lost.isEmpty()
        ? new Step.End(job.name(), Outcome.SUCCEEDED, Optional.empty())
        : new Step.End(job.name(), Outcome.FAILED, Optional.of(String.join(" ", lost)));
  }

  /** Whether nothing is left to do about the outputs; one that was never asked for is settled. */
  private static boolean settled(Observed.Job seen) {
    return seen.outputs().values().stream().allMatch(o -> o.settled() || o.dataset().isEmpty());
  }

  private static boolean anyOutput(Observed.Job seen, OutputState state) {
    return seen.outputs().values().stream().anyMatch(output -> output.state() == state);
  }

  private void release() {
    for (Desired.Job job : desired.jobs()) {
      Observed.Job seen = seen(job);
      seen.inputs()
          .forEach(
              (name, input) -> {
                if (input.heldUntil().isPresent()) {
                  // Unpinned in any case: a crash may have come between a pin and its row.
                  steps.add(new Step.Unpin(job.name(), name, input.frozen().orElseThrow()));
                  steps.add(new Step.LetGo(job.name(), name, input.frozen().orElseThrow()));
                }
              });
      seen.volumes()
          .forEach(
              (name, volume) -> {
                if (volume.phase() != VolumePhase.RELEASED) {
                  steps.add(new Step.Remove(job.name(), name));
                }
              });
    }
  }

  private Step close() {
    if (!observed.rejected().isEmpty()) {
      return new Step.Close(RunState.REJECTED, observed.rejected());
    }
    List<String> reasons =
        desired.jobs().stream()
            .map(this::seen)
            .map(Observed.Job::reason)
            .flatMap(Optional::stream)
            .toList();
    return reasons.isEmpty()
        ? new Step.Close(RunState.of(desired.outcome().orElseThrow()), List.of())
        : new Step.Close(RunState.FAILED, reasons);
  }
}
