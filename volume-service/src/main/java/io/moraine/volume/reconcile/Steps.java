package io.moraine.volume.reconcile;

import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import io.moraine.volume.driver.VolumeName;
import io.moraine.volume.mount.Mounts;
import io.moraine.volume.mount.RunKey;
import io.moraine.volume.reconcile.CacheClient.CachedVersion;
import io.moraine.volume.reconcile.CacheClient.Target;
import io.moraine.volume.reconcile.CacheClient.Wanted;
import io.moraine.volume.reconcile.Desired.DatasetOutput;
import io.moraine.volume.reconcile.Observed.Frozen;
import io.moraine.volume.volume.Volumes;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jboss.logging.Logger;

/**
 * Takes steps: asks the other services or the driver, then writes down what they said. A refusal
 * for good is written down as well; any other failure is thrown, and the step is repeated. Blocks.
 * Thread-safe.
 */
@ApplicationScoped
class Steps {
  private static final Logger LOG = Logger.getLogger(Steps.class);

  /** The only attempt that directories are made for; trying a job again comes with drafts. */
  private static final int ATTEMPT = 1;

  private final DatasetClient datasets;
  private final CacheClient cache;
  private final Volumes volumes;
  private final Mounts mounts;
  private final ReconcileStore store;
  private final Lease lease;

  Steps(
      @RestClient DatasetClient datasets,
      @RestClient CacheClient cache,
      Volumes volumes,
      Mounts mounts,
      ReconcileStore store,
      ReconcileConfig config) {
    this.datasets = datasets;
    this.cache = cache;
    this.volumes = volumes;
    this.mounts = mounts;
    this.store = store;
    this.lease = new Lease(config.lease().toSeconds());
  }

  void take(Step step, Picture picture) throws IOException {
    RunKey run = picture.run();
    if (step instanceof Step.Hold hold) {
      hold(run, hold, picture.observed().jobs().get(hold.job()).ready());
    } else if (step instanceof Step.FindDataset find) {
      findDataset(run, find);
    } else if (step instanceof Step.Pin pin) {
      pin(run, pin);
    } else if (step instanceof Step.LookAtInput look) {
      lookAtInput(run, look);
    } else if (step instanceof Step.Provision provision) {
      volumes.provision(
          new VolumeName(run, provision.job(), provision.output()), provision.sizeBytes());
    } else if (step instanceof Step.MakeStorage) {
      volumes.storage(run.team());
    } else if (step instanceof Step.OpenOutputs open) {
      openOutputs(run, job(picture, open.job()), picture.observed().jobs().get(open.job()));
    } else if (step instanceof Step.LookAtOutputs look) {
      lookAtOutputs(run, look.job());
    } else if (step instanceof Step.Announce announce) {
      announce(picture, job(picture, announce.job()));
    } else if (step instanceof Step.Seal seal) {
      seal(picture, seal.job());
    } else if (step instanceof Step.Discard discard) {
      discard(picture, discard.job());
    } else if (step instanceof Step.End end) {
      store.ended(run, end.job(), ATTEMPT, end.outcome(), end.reason());
    } else if (step instanceof Step.Reject reject) {
      store.reject(run, reject.reasons());
    } else if (step instanceof Step.Unpin unpin) {
      unpin(run, unpin);
    } else if (step instanceof Step.LetGo letGo) {
      letGo(run, letGo);
    } else if (step instanceof Step.Remove remove) {
      volumes.release(new VolumeName(run, remove.job(), remove.output()));
    } else if (step instanceof Step.Close close) {
      store.close(run, close.state(), close.reasons());
    }
  }

  private static Desired.Job job(Picture picture, RunName name) {
    return picture.desired().jobs().stream()
        .filter(job -> job.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void hold(RunKey run, Step.Hold step, boolean ready) {
    String holder = Holder.of(run, step.job(), step.input());
    try {
      store.held(
          run,
          step.job(),
          step.input(),
          datasets.hold(run.team(), step.ref().toString(), holder, lease));
    } catch (Refused e) {
      if (ready) {
        LOG.warnf(
            "Input %s of job %s of %s can no longer be held: %s",
            step.input(), step.job(), run, e.getMessage());
        store.notHeldAnyMore(run, step.job(), step.input(), lease);
      } else {
        store.inputImpossible(
            run, step.job(), step.input(), why("Input", step.input(), step.job(), e));
      }
    }
  }

  private void findDataset(RunKey run, Step.FindDataset step) {
    try {
      store.found(
          run, step.job(), step.output(), datasets.find(run.team(), step.ref().dataset()).id());
    } catch (Refused e) {
      store.outputImpossible(
          run, step.job(), step.output(), why("Output", step.output(), step.job(), e));
    }
  }

  private void pin(RunKey run, Step.Pin step) {
    Frozen version = step.version();
    try {
      CachedVersion seen =
          cache.pin(
              run.team(),
              version.dataset().text(),
              version.version().text(),
              Holder.of(run, step.job(), step.input()),
              lease);
      store.pinned(run, step.job(), step.input(), lease, seen.isCached());
    } catch (Refused e) {
      store.inputImpossible(
          run, step.job(), step.input(), why("Input", step.input(), step.job(), e));
    }
  }

  private void lookAtInput(RunKey run, Step.LookAtInput step) {
    Frozen version = step.version();
    try {
      CachedVersion seen =
          cache.look(run.team(), version.dataset().text(), version.version().text());
      if (seen.isCached()) {
        store.cached(run, step.job(), step.input());
      } else if (seen.hasFailed()) {
        store.inputImpossible(
            run,
            step.job(),
            step.input(),
            "Input %s of job %s: %s cannot be cached: %s"
                .formatted(step.input(), step.job(), version, seen.reason().orElse("")));
      }
    } catch (Refused e) {
      // It lost the pin: ask for it once more.
      store.unpinned(run, step.job(), step.input());
    }
  }

  private void openOutputs(RunKey run, Desired.Job job, Observed.Job seen) {
    Map<RunName, Target> targets = new LinkedHashMap<>();
    job.outputs()
        .forEach(
            (name, wanted) -> {
              if (wanted instanceof DatasetOutput output) {
                List<TagName> tags = output.tags();
                targets.put(
                    name,
                    new Target(
                        seen.outputs().get(name).dataset().orElseThrow(), output.message(), tags));
              }
            });
    try {
      want(run, job.name(), new Wanted("open", Optional.of(targets)));
      lookAtOutputs(run, job.name());
    } catch (Refused e) {
      targets
          .keySet()
          .forEach(
              name ->
                  store.outputImpossible(
                      run, job.name(), name, why("Output", name, job.name(), e)));
    }
  }

  private void lookAtOutputs(RunKey run, RunName job) {
    cache
        .outputs(run.team(), run.run().text(), job.text(), ATTEMPT)
        .outputs()
        .forEach((name, output) -> store.output(run, job, name, output));
  }

  private void announce(Picture picture, Desired.Job job) {
    store.ready(picture.run(), job.name(), ATTEMPT, mountsOf(picture, job));
  }

  private List<Mount> mountsOf(Picture picture, Desired.Job job) {
    RunKey run = picture.run();
    Observed observed = picture.observed();
    Observed.Job seen = observed.jobs().get(job.name());
    List<Mount> all = new ArrayList<>();
    job.inputs()
        .forEach(
            (name, input) -> {
              if (input instanceof Desired.WrittenVolume from) {
                all.add(mounts.volumeInput(name, source(observed, from.job(), from.output())));
              } else {
                Frozen version = seen.inputs().get(name).frozen().orElseThrow();
                all.add(mounts.datasetInput(run, name, version.dataset(), version.version()));
              }
            });
    job.outputs()
        .forEach(
            (name, output) ->
                all.add(
                    output instanceof DatasetOutput
                        ? mounts.datasetOutput(run, job.name(), ATTEMPT, name)
                        : mounts.volumeOutput(name, source(observed, job.name(), name))));
    all.add(mounts.storage(observed.storage().orElseThrow()));
    return all;
  }

  private static String source(Observed observed, RunName job, RunName output) {
    return observed.jobs().get(job).volumes().get(output).source().orElseThrow();
  }

  private void seal(Picture picture, RunName job) {
    try {
      want(picture.run(), job, new Wanted("seal", Optional.empty()));
      lookAtOutputs(picture.run(), job);
    } catch (Refused e) {
      settle(picture, job, OutputState.FAILED, e.getMessage());
    }
  }

  private void discard(Picture picture, RunName job) {
    try {
      want(picture.run(), job, new Wanted("discard", Optional.empty()));
      lookAtOutputs(picture.run(), job);
    } catch (Refused e) {
      if (e.isAbsent()) {
        settle(picture, job, OutputState.DISCARDED, "It was never opened.");
      } else {
        lookAtOutputs(picture.run(), job); // It is sealed, and ends as such.
      }
    }
  }

  private void settle(Picture picture, RunName job, OutputState state, String reason) {
    CacheClient.Output settled =
        new CacheClient.Output(state, Optional.empty(), Optional.empty(), Optional.of(reason));
    picture
        .observed()
        .jobs()
        .get(job)
        .outputs()
        .keySet()
        .forEach(name -> store.output(picture.run(), job, name, settled));
  }

  private void want(RunKey run, RunName job, Wanted wanted) {
    cache.want(run.team(), run.run().text(), job.text(), ATTEMPT, wanted);
  }

  private void unpin(RunKey run, Step.Unpin step) {
    try {
      cache.unpin(
          run.team(),
          step.version().dataset().text(),
          step.version().version().text(),
          Holder.of(run, step.job(), step.input()));
    } catch (Refused e) {
      LOG.debugf("Nothing to let go of: %s", e.getMessage());
    }
    store.unpinned(run, step.job(), step.input());
  }

  private void letGo(RunKey run, Step.LetGo step) {
    try {
      datasets.letGo(
          run.team(),
          step.version().dataset().text(),
          step.version().version().text(),
          Holder.of(run, step.job(), step.input()));
    } catch (Refused e) {
      LOG.debugf("Nothing to let go of: %s", e.getMessage());
    }
    store.letGo(run, step.job(), step.input());
  }

  private static String why(String what, RunName name, RunName job, Refused e) {
    return "%s %s of job %s: %s".formatted(what, name, job, e.getMessage());
  }
}
