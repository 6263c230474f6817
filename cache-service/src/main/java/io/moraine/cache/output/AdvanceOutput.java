package io.moraine.cache.output;

import io.micrometer.core.instrument.MeterRegistry;
import io.moraine.cache.disk.Outputs;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.disk.UnsealableException;
import io.moraine.cache.remote.DatasetsClient;
import io.moraine.cache.remote.DatasetsClient.Committed;
import io.moraine.cache.remote.RefusedException;
import io.moraine.cache.version.VersionKey;
import io.moraine.cache.version.WantVersion;
import io.moraine.events.cache.OutputCommitted;
import io.moraine.events.cache.OutputFailed;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.database.Database;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes an output one or more steps further, as far as they go; see the package. Each step may be
 * repeated, and only one thread takes an output at a time. What can never succeed is said in the
 * row; what may succeed later is thrown. Blocking.
 */
@ApplicationScoped
class AdvanceOutput {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final OutputStore store;
  private final OutputSpace space;
  private final ShareStorage storage;
  private final DatasetsClient datasets;
  private final UploadOutput upload;
  private final WantVersion versions;
  private final Database database;
  private final Outbox outbox;
  private final MeterRegistry metrics;
  private final Set<OutputKey> underWay = ConcurrentHashMap.newKeySet();

  AdvanceOutput(
      OutputStore store,
      OutputSpace space,
      ShareStorage storage,
      DatasetsClient datasets,
      UploadOutput upload,
      WantVersion versions,
      Database database,
      Outbox outbox,
      MeterRegistry metrics) {
    this.store = store;
    this.space = space;
    this.storage = storage;
    this.datasets = datasets;
    this.upload = upload;
    this.versions = versions;
    this.database = database;
    this.outbox = outbox;
    this.metrics = metrics;
  }

  /** Returns at once when another thread is at it. */
  void advance(OutputKey key) throws IOException {
    if (!underWay.add(key)) {
      return;
    }
    boolean isTriedAgain = true;
    try {
      Optional<Output> output = find(key);
      while (output.isPresent() && step(output.get())) {
        output = find(key);
      }
      isTriedAgain = false;
    } finally {
      underWay.remove(key);
      if (isTriedAgain) {
        store.tried(key).await().atMost(PATIENCE);
      }
    }
  }

  /** Whether there may be more to do at once. */
  private boolean step(Output output) throws IOException {
    try {
      return switch (output.state()) {
        case OPENING -> open(output);
        case LOCAL -> seal(output);
        case UPLOADING -> commit(output);
        case STORED -> letCopyGo(output);
        case DISCARDED -> discard(output);
        case OPEN, FAILED -> false;
      };
    } catch (RefusedException | UnsealableException | OutputSpace.TooLarge e) {
      fail(output.key(), e.getMessage());
      return false;
    }
  }

  private boolean open(Output output) throws IOException, RefusedException {
    draft(output);
    outputs(output.key().team()).open(directory(output.key()));
    FaultPoint.reached("output.opened");
    store.move(output.key(), OutputState.OPENING, OutputState.OPEN).await().atMost(PATIENCE);
    return true; // it may have been sealed meanwhile
  }

  private boolean seal(Output output) throws IOException, RefusedException, UnsealableException {
    OutputKey key = output.key();
    VersionId version = draft(output);
    Outputs disk = outputs(key.team());
    disk.seal(directory(key), output.dataset(), version);
    FaultPoint.reached("output.sealed");
    copy(disk, output, version);
    FaultPoint.reached("output.copied");
    return store.move(key, OutputState.LOCAL, OutputState.UPLOADING).await().atMost(PATIENCE);
  }

  /** All of it, or none of its room: two that each kept half would wait for each other. */
  private void copy(Outputs disk, Output output, VersionId version)
      throws IOException, UnsealableException {
    OutputKey key = output.key();
    space.giveBack(key);
    boolean isWhole = false;
    try {
      disk.copy(output.dataset(), version, bytes -> space.take(key, bytes));
      isWhole = true;
    } finally {
      if (!isWhole) {
        space.giveBack(key);
      }
    }
  }

  private boolean commit(Output output) throws IOException, RefusedException {
    VersionKey version = output.versionKey().orElseThrow();
    Optional<Committed> committed =
        datasets.committed(version.team(), version.dataset(), version.version());
    if (committed.isEmpty()) {
      upload.upload(version);
      FaultPoint.reached("output.uploaded");
      datasets.commit(version.team(), version.dataset(), version.version());
      FaultPoint.reached("output.committed");
      committed = datasets.committed(version.team(), version.dataset(), version.version());
    }
    Committed stored =
        committed.orElseThrow(() -> new IOException(version + " is still being committed"));
    versions
        .want(version, stored.digest(), stored.files(), stored.bytes())
        .await()
        .atMost(PATIENCE);
    store(output.key(), version, stored);
    return true;
  }

  private void store(OutputKey key, VersionKey version, Committed stored) {
    OutputCommitted event =
        new OutputCommitted(
            key.team(),
            key.run(),
            key.job(),
            key.attempt(),
            key.name(),
            version.dataset(),
            version.version(),
            stored.digest());
    boolean now =
        database
            .transaction(
                tx ->
                    store
                        .stored(tx, key, stored.digest())
                        .call(
                            first ->
                                first ? outbox.append(tx, event) : Uni.createFrom().nullItem()))
            .await()
            .atMost(PATIENCE);
    if (now) {
      metrics.counter("moraine.outputs", "end", "stored").increment();
    }
  }

  /** The cache has what it wants of the copy. */
  private boolean letCopyGo(Output output) throws IOException {
    VersionKey version = output.versionKey().orElseThrow();
    boolean filling =
        versions.find(version).await().atMost(PATIENCE).filter(v -> v.isOnItsWay()).isPresent();
    if (!filling) {
      outputs(version.team()).removeSealed(version.dataset(), version.version());
      forget(output.key());
    }
    return false;
  }

  private boolean discard(Output output) throws IOException, RefusedException {
    OutputKey key = output.key();
    outputs(key.team()).remove(directory(key));
    if (output.versionKey().isPresent()) {
      VersionKey draft = output.versionKey().get();
      outputs(key.team()).removeSealed(draft.dataset(), draft.version());
      deleteDraft(draft);
    }
    forget(key);
    return false;
  }

  private void deleteDraft(VersionKey draft) throws IOException, RefusedException {
    try {
      // Somebody may have committed the draft by hand: then it is theirs.
      if (datasets.committed(draft.team(), draft.dataset(), draft.version()).isEmpty()) {
        datasets.deleteDraft(draft.team(), draft.dataset(), draft.version());
      }
    } catch (RefusedException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private VersionId draft(Output output) throws IOException, RefusedException {
    if (output.version().isPresent()) {
      return output.version().get();
    }
    OutputKey key = output.key();
    VersionId draft =
        datasets.draft(key.team(), output.dataset(), output.message(), output.tags(), key.origin());
    store.drafted(key, draft).await().atMost(PATIENCE);
    return draft;
  }

  private void fail(OutputKey key, String reason) {
    space.leaveQueue(key);
    OutputFailed event =
        new OutputFailed(key.team(), key.run(), key.job(), key.attempt(), key.name(), reason);
    boolean now =
        database
            .transaction(
                tx ->
                    store
                        .failed(tx, key, reason)
                        .call(
                            first ->
                                first ? outbox.append(tx, event) : Uni.createFrom().nullItem()))
            .await()
            .atMost(PATIENCE);
    if (now) {
      metrics.counter("moraine.outputs", "end", "failed").increment();
    }
  }

  private void forget(OutputKey key) {
    space.giveBack(key);
    store.forgotten(key).await().atMost(PATIENCE);
  }

  private Optional<Output> find(OutputKey key) {
    return store.find(key).await().atMost(PATIENCE);
  }

  private Outputs outputs(TeamId team) {
    return storage.team(team).outputs();
  }

  private Path directory(OutputKey key) {
    return outputs(key.team()).directory(key.run(), key.job(), key.attempt(), key.name());
  }
}
