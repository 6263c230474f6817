package io.moraine.volume.reconcile;

import io.moraine.events.run.Outcome;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.VersionId;
import io.moraine.volume.reconcile.Desired.DatasetOutput;
import io.moraine.volume.reconcile.Desired.NamedVersion;
import io.moraine.volume.reconcile.Desired.VolumeOutput;
import io.moraine.volume.reconcile.Desired.WrittenVersion;
import io.moraine.volume.reconcile.Desired.WrittenVolume;
import io.moraine.volume.reconcile.Observed.Frozen;
import io.moraine.volume.volume.VolumePhase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A model of everything around a plan: the rows, and what other services and the disk really have.
 * A step changes the world first and the rows afterwards, so that it can be cut off in between.
 */
final class World {
  static final RunName TRAIN = new RunName("train");
  static final RunName TEST = new RunName("test");
  static final RunName RAW = new RunName("raw");
  static final RunName MODEL = new RunName("model");
  static final RunName SCRATCH = new RunName("scratch");
  static final RunName LEFT = new RunName("left");

  /** What fate has in store. */
  record Fate(
      boolean refExists, boolean cacheHasRoom, boolean sealable, Outcome train, Outcome test) {}

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LEASE = Duration.ofHours(1);
  private static final Frozen RAW_VERSION = new Frozen(DatasetId.random(), VersionId.random());
  private static final DatasetId MODELS = DatasetId.random();
  private static final VersionId MODEL_VERSION = VersionId.random();

  private record Key(RunName job, RunName name) {}

  /** A row of one dataset input. */
  private static final class InputRow {
    private Frozen frozen;
    private Instant heldUntil;
    private Instant pinnedUntil;
    private boolean cached;
    private String impossible;
  }

  private final Fate fate;
  private Instant now = START;

  // Rows: what was told, and what was seen.
  private final Map<RunName, Outcome> outcomes = new HashMap<>();
  private Outcome outcome;
  private final Map<Key, InputRow> inputs = new HashMap<>();
  private DatasetId model;
  private OutputState modelSeen = OutputState.WANTED;
  private VersionId modelVersion;
  private String modelReason;
  private final Map<RunName, VolumePhase> volumes = new LinkedHashMap<>();
  private boolean storageSeen;
  private final Set<RunName> ready = new HashSet<>();
  private final Map<RunName, Outcome> ended = new HashMap<>();
  private final Map<RunName, String> endReasons = new HashMap<>();
  private List<String> rejected = List.of();
  private RunState closed;

  // The truth elsewhere.
  private final Set<Key> held = new HashSet<>();
  private final Set<Key> pinned = new HashSet<>();

  /** Holds of which no row says which version they are on: only their expiry ends them. */
  private final Set<Key> heldUnknown = new HashSet<>();

  private final Set<Frozen> cachedVersions = new HashSet<>();
  private OutputState modelTruth = OutputState.WANTED;
  private boolean scratchExists;
  private boolean storageExists;

  // What is counted.
  final List<RunName> jobReady = new ArrayList<>();
  int runRejected;
  int committed;

  World(Fate fate) {
    this.fate = fate;
    inputs.put(new Key(TRAIN, RAW), new InputRow());
    inputs.put(new Key(TEST, MODEL), new InputRow());
  }

  /** Two jobs: the second reads the dataset and the volume that the first writes. */
  Desired desired() {
    return new Desired(
        List.of(
            new Desired.Job(
                TRAIN,
                List.of(),
                Map.of(RAW, new NamedVersion(DatasetRef.parse("faces:prod"))),
                ordered(
                    MODEL,
                    new DatasetOutput(DatasetRef.parse("models"), Optional.empty(), List.of()),
                    SCRATCH,
                    new VolumeOutput(OptionalLong.of(1))),
                Optional.ofNullable(outcomes.get(TRAIN))),
            new Desired.Job(
                TEST,
                List.of(TRAIN),
                ordered(
                    MODEL,
                    new WrittenVersion(TRAIN, MODEL),
                    LEFT,
                    new WrittenVolume(TRAIN, SCRATCH)),
                Map.of(),
                Optional.ofNullable(outcomes.get(TEST)))),
        Optional.ofNullable(outcome));
  }

  private static <T> Map<RunName, T> ordered(RunName a, T first, RunName b, T second) {
    Map<RunName, T> map = new LinkedHashMap<>();
    map.put(a, first);
    map.put(b, second);
    return map;
  }

  Observed observed() {
    Map<RunName, Observed.Job> jobs = new LinkedHashMap<>();
    jobs.put(
        TRAIN,
        job(
            TRAIN,
            Map.of(RAW, input(new Key(TRAIN, RAW))),
            Map.of(
                MODEL,
                new Observed.Output(
                    Optional.ofNullable(model),
                    modelSeen,
                    Optional.ofNullable(modelVersion),
                    Optional.ofNullable(modelReason)))));
    jobs.put(TEST, job(TEST, Map.of(MODEL, input(new Key(TEST, MODEL))), Map.of()));
    return new Observed(
        now.plus(LEASE.dividedBy(2)),
        storageSeen ? Optional.of("/storage") : Optional.empty(),
        rejected,
        jobs);
  }

  private Observed.Job job(
      RunName name, Map<RunName, Observed.Input> in, Map<RunName, Observed.Output> out) {
    Map<RunName, Observed.Volume> seen = new LinkedHashMap<>();
    if (name.equals(TRAIN)) {
      volumes.forEach(
          (volume, phase) ->
              seen.put(volume, new Observed.Volume(phase, Optional.of("/" + volume))));
    }
    return new Observed.Job(
        ready.contains(name),
        Optional.ofNullable(ended.get(name)),
        Optional.ofNullable(endReasons.get(name)),
        in,
        out,
        seen);
  }

  private Observed.Input input(Key key) {
    InputRow row = inputs.get(key);
    return new Observed.Input(
        Optional.ofNullable(row.frozen),
        Optional.ofNullable(row.heldUntil),
        Optional.ofNullable(row.pinnedUntil),
        row.cached,
        Optional.ofNullable(row.impossible));
  }

  boolean isClosed() {
    return closed != null;
  }

  RunState closed() {
    return closed;
  }

  /** Whether nothing of the run is left anywhere, but what expires by itself. */
  boolean isClean() {
    return heldUnknown.containsAll(held) && pinned.isEmpty() && !scratchExists;
  }

  // What is told; the first word counts, as in the tables.

  void tellJobFinished(RunName job, Outcome how) {
    if (!isClosed()) {
      outcomes.putIfAbsent(job, how);
    }
  }

  void tellRunFinished(Outcome how) {
    if (!isClosed() && outcome == null) {
      outcome = how;
      cancelJobs();
    }
  }

  private void cancelJobs() {
    outcomes.putIfAbsent(TRAIN, Outcome.CANCELLED);
    outcomes.putIfAbsent(TEST, Outcome.CANCELLED);
  }

  /** What an engine would tell next, given what it has been told; empty while it waits. */
  Optional<Runnable> engine() {
    if (isClosed() || outcome != null) {
      return Optional.empty();
    }
    if (jobReady.contains(TRAIN) && !outcomes.containsKey(TRAIN)) {
      return Optional.of(() -> tellJobFinished(TRAIN, fate.train()));
    }
    if (jobReady.contains(TEST) && !outcomes.containsKey(TEST)) {
      return Optional.of(() -> tellJobFinished(TEST, fate.test()));
    }
    if (outcomes.containsKey(TEST)) {
      return Optional.of(() -> tellRunFinished(fate.test()));
    }
    Outcome train = ended.get(TRAIN);
    return train != null && train != Outcome.SUCCEEDED
        ? Optional.of(() -> tellRunFinished(train))
        : Optional.empty();
  }

  // What others do by themselves.

  /** The cache fills, and a sealed output is uploaded. */
  void others() {
    if (fate.cacheHasRoom()) {
      pinned.forEach(key -> cachedVersions.add(versionOf(key)));
    }
    if (modelTruth == OutputState.LOCAL) {
      modelTruth = fate.sealable() ? OutputState.STORED : OutputState.FAILED;
      committed += fate.sealable() ? 1 : 0;
    } else if (modelTruth == OutputState.OPENING) {
      modelTruth = OutputState.OPEN;
    }
  }

  private static Frozen versionOf(Key key) {
    return key.job().equals(TRAIN) ? RAW_VERSION : new Frozen(MODELS, MODEL_VERSION);
  }

  void passTime(Duration duration) {
    now = now.plus(duration);
  }

  // Steps.

  /** Takes the step; {@code cutOff} ends it after its effect, before a row says so. */
  void take(Step step, boolean cutOff) {
    Runnable record = act(step);
    if (!cutOff) {
      record.run();
    }
  }

  /** Does what the step does outside, and gives what remains: to write it down. */
  private Runnable act(Step step) {
    if (step instanceof Step.Hold hold) {
      return hold(new Key(hold.job(), hold.input()));
    } else if (step instanceof Step.FindDataset) {
      return () -> model = MODELS;
    } else if (step instanceof Step.Pin pin) {
      return pin(new Key(pin.job(), pin.input()));
    } else if (step instanceof Step.LookAtInput look) {
      return lookAtInput(new Key(look.job(), look.input()));
    } else if (step instanceof Step.Provision provision) {
      volumes.putIfAbsent(provision.output(), VolumePhase.PENDING);
      scratchExists = true;
      return () -> volumes.put(provision.output(), VolumePhase.PROVISIONED);
    } else if (step instanceof Step.MakeStorage) {
      storageExists = true;
      return () -> storageSeen = storageExists;
    } else if (step instanceof Step.OpenOutputs) {
      if (modelTruth == OutputState.WANTED) {
        modelTruth = OutputState.OPENING;
      }
      return this::see;
    } else if (step instanceof Step.LookAtOutputs) {
      return this::see;
    } else if (step instanceof Step.Announce announce) {
      return () -> announce(announce.job());
    } else if (step instanceof Step.Seal) {
      if (modelTruth == OutputState.OPEN) {
        modelTruth = OutputState.LOCAL;
      }
      return this::see;
    } else if (step instanceof Step.Discard) {
      if (modelTruth == OutputState.LOCAL || modelTruth == OutputState.STORED) {
        throw new AssertionError("a sealed output is not given up");
      }
      modelTruth = OutputState.DISCARDED;
      return this::see;
    } else if (step instanceof Step.End end) {
      return () -> end(end);
    } else if (step instanceof Step.Reject reject) {
      return () -> reject(reject.reasons());
    } else if (step instanceof Step.Unpin unpin) {
      pinned.remove(new Key(unpin.job(), unpin.input()));
      return () -> inputs.get(new Key(unpin.job(), unpin.input())).pinnedUntil = null;
    } else if (step instanceof Step.LetGo letGo) {
      held.remove(new Key(letGo.job(), letGo.input()));
      return () -> inputs.get(new Key(letGo.job(), letGo.input())).heldUntil = null;
    } else if (step instanceof Step.Remove remove) {
      scratchExists = false;
      return () -> volumes.put(remove.output(), VolumePhase.RELEASED);
    }
    Step.Close close = (Step.Close) step;
    return () -> closed = close.state();
  }

  private Runnable hold(Key key) {
    InputRow row = inputs.get(key);
    if (key.job().equals(TRAIN) && !fate.refExists()) {
      return () -> row.impossible = "There is no dataset faces.";
    }
    held.add(key);
    if (row.frozen == null) {
      heldUnknown.add(key);
    }
    return () -> {
      heldUnknown.remove(key);
      row.frozen = versionOf(key);
      row.heldUntil = now.plus(LEASE);
    };
  }

  private Runnable pin(Key key) {
    pinned.add(key);
    InputRow row = inputs.get(key);
    return () -> {
      row.pinnedUntil = now.plus(LEASE);
      row.cached = cachedVersions.contains(versionOf(key));
    };
  }

  private Runnable lookAtInput(Key key) {
    InputRow row = inputs.get(key);
    return fate.cacheHasRoom()
        ? () -> row.cached = cachedVersions.contains(versionOf(key))
        : () -> row.impossible = "There is no room.";
  }

  private void see() {
    modelSeen = modelTruth;
    modelVersion = modelTruth == OutputState.STORED ? MODEL_VERSION : null;
    modelReason = modelTruth == OutputState.FAILED ? "link is a symbolic link." : null;
  }

  private void announce(RunName job) {
    if (outcomes.containsKey(job) || !ready.add(job)) {
      return;
    }
    jobReady.add(job);
    if (job.equals(TRAIN) && !(scratchExists && modelTruth == OutputState.OPEN)) {
      throw new AssertionError("train was told to start before its outputs were there");
    }
    inputs.forEach(
        (key, row) -> {
          if (key.job().equals(job)
              && !(held.contains(key)
                  && pinned.contains(key)
                  && cachedVersions.contains(versionOf(key)))) {
            throw new AssertionError(job + " was told to start before its inputs were there");
          }
        });
  }

  private void end(Step.End end) {
    if (ended.putIfAbsent(end.job(), end.outcome()) == null) {
      end.reason().ifPresent(reason -> endReasons.put(end.job(), reason));
    }
  }

  private void reject(List<String> reasons) {
    if (rejected.isEmpty() && outcome == null) {
      rejected = reasons;
      runRejected++;
      cancelJobs();
    }
  }
}
