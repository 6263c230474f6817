package io.moraine.volume.reconcile;

import io.moraine.kit.work.WorkLoop;
import io.moraine.volume.mount.RunKey;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Looks at every run that is due and takes its next steps until there are none, or only waiting.
 */
@ApplicationScoped
public class ReconcileWorker {
  /** A run whose plan still moves after so many passes takes its turn after others. */
  private static final int MOST_PASSES = 100;

  private final ReconcileStore store;
  private final Steps steps;
  private final Duration renewAhead;
  private final Duration patience;
  private final WorkLoop<RunKey> loop;

  ReconcileWorker(ReconcileStore store, Steps steps, ReconcileConfig config) {
    this.store = store;
    this.steps = steps;
    this.renewAhead = config.lease().dividedBy(2);
    this.patience = config.patience();
    this.loop =
        new WorkLoop<>("reconcile", config.parallel(), config.poll(), store::due, this::reconcile);
  }

  /** Looks again now: call it after what was told of a run is committed. */
  public void wake() {
    loop.wake();
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }

  private void reconcile(RunKey run) throws IOException {
    List<Step> before = List.of();
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      Optional<Picture> picture = store.load(run, renewAhead);
      if (picture.isEmpty()) {
        return; // It is closed.
      }
      List<Step> plan = Plan.between(picture.get().desired(), picture.get().observed());
      if (plan.isEmpty() || plan.equals(before)) {
        rest(picture.get(), plan);
        return;
      }
      for (Step step : plan) {
        steps.take(step, picture.get());
      }
      before = plan;
    }
  }

  /** Until something is told; a run that waits for others, or has leases to renew, sooner. */
  private void rest(Picture picture, List<Step> waitsFor) {
    RunState state = RunState.open(picture.desired(), picture.observed());
    store.rest(picture, state, waitsFor.isEmpty() ? renewAhead.dividedBy(2) : patience);
  }
}
