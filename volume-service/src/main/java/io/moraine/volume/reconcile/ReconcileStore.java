package io.moraine.volume.reconcile;

import static java.util.stream.Collectors.groupingBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.events.Event;
import io.moraine.events.run.Outcome;
import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.Mount;
import io.moraine.events.volume.RunRejected;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.moraine.volume.mount.RunKey;
import io.moraine.volume.volume.VolumePhase;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads runs as pictures and writes down what was seen. Blocks; every change is one statement or
 * one transaction and does nothing when it was made before.
 */
@ApplicationScoped
class ReconcileStore {
  /** A statement that takes longer has lost its database. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Runs that one look names; more are found by the next. */
  private static final int MOST_DUE = 1000;

  private final Pool pool;
  private final Database database;
  private final Outbox outbox;
  private final ObjectMapper json;

  ReconcileStore(Pool pool, Database database, Outbox outbox, ObjectMapper json) {
    this.pool = pool;
    this.database = database;
    this.outbox = outbox;
    this.json = json;
  }

  List<RunKey> due() {
    return rows(
            "SELECT team, name FROM run WHERE look_at <= now() ORDER BY look_at LIMIT " + MOST_DUE,
            Tuple.tuple())
        .map(row -> new RunKey(new TeamId(row.getString("team")), name(row, "name")))
        .toList();
  }

  /**
   * The run as it stands. The run's row is read first: whatever is told after that has a higher
   * revision than the picture's.
   *
   * @param renewAhead how long before their end leases are renewed
   */
  Optional<Picture> load(RunKey run, Duration renewAhead) {
    Optional<Row> found =
        rows(
                """
                SELECT outcome, reasons, state, revision, now() + $3 * interval '1 second' AS renew_before,
                       (SELECT path FROM volume v WHERE v.team = r.team AND kind = 'storage') AS storage
                FROM run r WHERE team = $1 AND name = $2 AND announced_at IS NOT NULL AND closed_at IS NULL
                """,
                key(run).addLong(renewAhead.toSeconds()))
            .findFirst();
    return found.map(row -> picture(run, row));
  }

  private Picture picture(RunKey run, Row row) {
    List<Row> jobs =
        rows(
                "SELECT * FROM job WHERE team = $1 AND run = $2 AND position IS NOT NULL ORDER BY position",
                key(run))
            .toList();
    Map<String, List<Row>> inputs = byJob("SELECT * FROM input WHERE team = $1 AND run = $2", run);
    Map<String, List<Row>> outputs =
        byJob("SELECT * FROM output WHERE team = $1 AND run = $2", run);
    Map<String, List<Row>> volumes =
        byJob("SELECT job, name, phase, path FROM volume WHERE team = $1 AND run = $2", run);
    Map<RunName, Observed.Job> seen = new LinkedHashMap<>();
    List<Desired.Job> wanted =
        jobs.stream()
            .map(
                job -> {
                  String name = job.getString("name");
                  List<Row> in = inputs.getOrDefault(name, List.of());
                  List<Row> out = outputs.getOrDefault(name, List.of());
                  seen.put(
                      new RunName(name), seen(job, in, out, volumes.getOrDefault(name, List.of())));
                  return wanted(job, in, out);
                })
            .toList();
    return new Picture(
        run,
        row.getLong("revision"),
        new Desired(wanted, outcome(row, "outcome")),
        new Observed(
            row.getOffsetDateTime("renew_before").toInstant(),
            Optional.ofNullable(row.getString("storage")),
            "rejected".equals(row.getString("state"))
                ? Arrays.asList(row.getArrayOfStrings("reasons"))
                : List.of(),
            seen));
  }

  private static Desired.Job wanted(Row job, List<Row> inputs, List<Row> outputs) {
    return new Desired.Job(
        name(job, "name"),
        Arrays.stream(job.getArrayOfStrings("needs")).map(RunName::new).toList(),
        named(inputs, ReconcileStore::wantedInput),
        named(outputs, ReconcileStore::wantedOutput),
        outcome(job, "outcome"));
  }

  private static Desired.Input wantedInput(Row input) {
    if (input.getString("ref") != null) {
      return new Desired.NamedVersion(DatasetRef.parse(input.getString("ref")));
    }
    RunName job = name(input, "from_job");
    RunName output = name(input, "from_output");
    return isDataset(input)
        ? new Desired.WrittenVersion(job, output)
        : new Desired.WrittenVolume(job, output);
  }

  private static Desired.Output wantedOutput(Row output) {
    if (!isDataset(output)) {
      Long size = output.getLong("size_bytes");
      return new Desired.VolumeOutput(size == null ? OptionalLong.empty() : OptionalLong.of(size));
    }
    return new Desired.DatasetOutput(
        DatasetRef.parse(output.getString("ref")),
        Optional.ofNullable(output.getString("message")),
        Arrays.stream(output.getArrayOfStrings("tags")).map(TagName::new).toList());
  }

  private static Observed.Job seen(
      Row job, List<Row> inputs, List<Row> outputs, List<Row> volumes) {
    return new Observed.Job(
        job.getValue("mounts") != null,
        outcome(job, "ended"),
        Optional.ofNullable(job.getString("reason")),
        named(
            inputs.stream().filter(ReconcileStore::isDataset).toList(), ReconcileStore::seenInput),
        named(
            outputs.stream().filter(ReconcileStore::isDataset).toList(),
            ReconcileStore::seenOutput),
        named(
            volumes,
            volume ->
                new Observed.Volume(
                    VolumePhase.of(volume.getString("phase")),
                    Optional.ofNullable(volume.getString("path")))));
  }

  private static Observed.Input seenInput(Row input) {
    return new Observed.Input(
        Optional.ofNullable(input.getString("version"))
            .map(
                version ->
                    new Observed.Frozen(
                        new DatasetId(input.getString("dataset")), new VersionId(version))),
        time(input, "held_until"),
        time(input, "pinned_until"),
        input.getBoolean("cached"),
        Optional.ofNullable(input.getString("reason")));
  }

  private static Observed.Output seenOutput(Row output) {
    return new Observed.Output(
        Optional.ofNullable(output.getString("dataset")).map(DatasetId::new),
        OutputState.of(output.getString("state")),
        Optional.ofNullable(output.getString("version")).map(VersionId::new),
        Optional.ofNullable(output.getString("reason")));
  }

  /** The version of an input, kept once: the first answer freezes it. */
  void held(RunKey run, RunName job, RunName input, DatasetClient.Held held) {
    change(
        """
        UPDATE input SET dataset = $5, version = $6, digest = $7, held_until = $8
        WHERE team = $1 AND run = $2 AND job = $3 AND name = $4 AND (version IS NULL OR (dataset = $5 AND version = $6))
        """,
        key(run, job, input)
            .addString(held.dataset().text())
            .addString(held.version().text())
            .addString(held.digest().hex())
            .addValue(utc(held.expiresAt())));
  }

  void pinned(RunKey run, RunName job, RunName input, Lease lease, boolean cached) {
    change(
        """
        UPDATE input SET pinned_until = now() + $5 * interval '1 second', cached = $6
        WHERE team = $1 AND run = $2 AND job = $3 AND name = $4
        """,
        key(run, job, input).addLong(lease.expiresInSeconds()).addBoolean(cached));
  }

  void cached(RunKey run, RunName job, RunName input) {
    change(
        "UPDATE input SET cached = true WHERE team = $1 AND run = $2 AND job = $3 AND name = $4",
        key(run, job, input));
  }

  /** As if it had been renewed: nothing can be done about a job that already reads it. */
  void notHeldAnyMore(RunKey run, RunName job, RunName input, Lease lease) {
    change(
        """
        UPDATE input SET held_until = now() + $5 * interval '1 second'
        WHERE team = $1 AND run = $2 AND job = $3 AND name = $4
        """,
        key(run, job, input).addLong(lease.expiresInSeconds()));
  }

  void unpinned(RunKey run, RunName job, RunName input) {
    change(
        "UPDATE input SET pinned_until = NULL WHERE team = $1 AND run = $2 AND job = $3 AND name = $4",
        key(run, job, input));
  }

  void letGo(RunKey run, RunName job, RunName input) {
    change(
        "UPDATE input SET held_until = NULL WHERE team = $1 AND run = $2 AND job = $3 AND name = $4",
        key(run, job, input));
  }

  void inputImpossible(RunKey run, RunName job, RunName input, String reason) {
    change(
        "UPDATE input SET reason = $5 WHERE team = $1 AND run = $2 AND job = $3 AND name = $4",
        key(run, job, input).addString(reason));
  }

  void outputImpossible(RunKey run, RunName job, RunName output, String reason) {
    change(
        "UPDATE output SET reason = $5 WHERE team = $1 AND run = $2 AND job = $3 AND name = $4",
        key(run, job, output).addString(reason));
  }

  void found(RunKey run, RunName job, RunName output, DatasetId dataset) {
    change(
        "UPDATE output SET dataset = $5 WHERE team = $1 AND run = $2 AND job = $3 AND name = $4",
        key(run, job, output).addString(dataset.text()));
  }

  /** How far an output is; a version is one only once it is stored, before it is a draft. */
  void output(RunKey run, RunName job, RunName output, CacheClient.Output seen) {
    boolean stored = seen.state() == OutputState.STORED;
    change(
        """
        UPDATE output SET state = $5, version = $6, digest = $7, reason = $8
        WHERE team = $1 AND run = $2 AND job = $3 AND name = $4 AND state NOT IN ('stored', 'discarded', 'failed')
        """,
        key(run, job, output)
            .addString(seen.state().text())
            .addString(stored ? seen.version().map(VersionId::text).orElseThrow() : null)
            .addString(stored ? seen.digest().map(Sha256::hex).orElseThrow() : null)
            .addString(seen.reason().orElse(null)));
  }

  /** Makes the job ready and says so, unless it is or has ended meanwhile. */
  void ready(RunKey run, RunName job, int attempt, List<Mount> mounts) {
    JobReady event = new JobReady(run.team(), run.run(), job, attempt, mounts);
    transaction(
        tx ->
            tx.preparedQuery(
                    "UPDATE run SET state = 'ready' WHERE team = $1 AND name = $2 AND state = 'preparing'")
                .execute(key(run))
                .chain(
                    () ->
                        tx.preparedQuery(
                                """
                                UPDATE job SET mounts = $4, ready_at = now()
                                WHERE team = $1 AND run = $2 AND name = $3 AND mounts IS NULL AND outcome IS NULL
                                RETURNING ready_at
                                """)
                            .execute(key(run).addString(job.text()).addValue(array(mounts))))
                .chain(changed -> tellStart(tx, changed, run, event)));
  }

  private Uni<Void> tellStart(Transaction tx, RowSet<Row> changed, RunKey run, JobReady event) {
    if (changed.rowCount() == 0) {
      return nothing();
    }
    Instant at = time(changed.iterator().next(), "ready_at").orElseThrow();
    return outbox
        .append(tx, event)
        .chain(() -> versions(tx, run, event.job()))
        .chain(
            versions -> outbox.append(tx, versions.started(run, event.job(), event.attempt(), at)))
        .replaceWithVoid();
  }

  /** Ends the job and says so, unless it has ended before. */
  void ended(RunKey run, RunName job, int attempt, Outcome outcome, Optional<String> reason) {
    transaction(
        tx ->
            tx.preparedQuery(
                    """
                    UPDATE job j SET ended = $4, reason = $5, ended_at = now() FROM run r
                    WHERE j.team = $1 AND j.run = $2 AND j.name = $3 AND j.ended IS NULL
                      AND r.team = j.team AND r.name = j.run
                    RETURNING r.engine, j.ready_at, j.ended_at
                    """)
                .execute(
                    key(run)
                        .addString(job.text())
                        .addString(text(outcome))
                        .addString(reason.orElse(null)))
                .chain(changed -> tellEnd(tx, changed, run, job, attempt, outcome)));
  }

  private Uni<Void> tellEnd(
      Transaction tx, RowSet<Row> changed, RunKey run, RunName job, int attempt, Outcome outcome) {
    if (changed.rowCount() == 0) {
      return nothing();
    }
    Row row = changed.iterator().next();
    return versions(tx, run, job)
        .chain(
            versions -> {
              JobEnded end =
                  new JobEnded(
                      run.team(),
                      run.run(),
                      job,
                      attempt,
                      Optional.of(row.getString("engine")).filter(engine -> !engine.isEmpty()),
                      outcome,
                      versions.inputs(),
                      versions.outputs(),
                      time(row, "ready_at"),
                      time(row, "ended_at").orElseThrow());
              Uni<Long> told = outbox.append(tx, end);
              return end.startedAt().isEmpty()
                  ? told
                  : told.chain(() -> outbox.append(tx, versions.ended(end)));
            })
        .replaceWithVoid();
  }

  private static Uni<JobVersions> versions(Transaction tx, RunKey run, RunName job) {
    return tx.preparedQuery(
            """
            SELECT true AS input, name, dataset, version, digest FROM input
            WHERE team = $1 AND run = $2 AND job = $3 AND version IS NOT NULL
            UNION ALL
            SELECT false, name, dataset, version, digest FROM output
            WHERE team = $1 AND run = $2 AND job = $3 AND dataset IS NOT NULL
            ORDER BY name
            """)
        .execute(key(run).addString(job.text()))
        .map(ReconcileStore::versions);
  }

  private static JobVersions versions(RowSet<Row> rows) {
    List<JobEnded.Input> inputs = new ArrayList<>();
    List<JobEnded.Output> outputs = new ArrayList<>();
    for (Row row : rows) {
      RunName name = name(row, "name");
      DatasetId dataset = new DatasetId(row.getString("dataset"));
      Optional<VersionId> version =
          Optional.ofNullable(row.getString("version")).map(VersionId::new);
      if (row.getBoolean("input")) {
        inputs.add(new JobEnded.Input(name, dataset, version.orElseThrow()));
      } else {
        Optional<Sha256> digest = Optional.ofNullable(row.getString("digest")).map(Sha256::ofHex);
        outputs.add(new JobEnded.Output(name, dataset, version, digest));
      }
    }
    return new JobVersions(inputs, outputs);
  }

  /** Rejects the run, says so, and cancels what of it has not ended. */
  void reject(RunKey run, List<String> reasons) {
    RunRejected event = new RunRejected(run.team(), run.run(), reasons);
    transaction(
        tx ->
            tx.preparedQuery(
                    """
                    UPDATE run SET state = 'rejected', reasons = $3
                    WHERE team = $1 AND name = $2 AND state <> 'rejected' AND outcome IS NULL AND closed_at IS NULL
                    """)
                .execute(key(run).addArrayOfString(event.reasons().toArray(String[]::new)))
                .chain(
                    changed ->
                        append(tx, changed, event)
                            .chain(
                                () -> changed.rowCount() == 0 ? nothing() : cancelJobs(tx, run))));
  }

  private static Uni<Void> cancelJobs(Transaction tx, RunKey run) {
    return tx.preparedQuery(
            "UPDATE job SET outcome = 'cancelled' WHERE team = $1 AND run = $2 AND outcome IS NULL")
        .execute(key(run))
        .replaceWithVoid();
  }

  void close(RunKey run, RunState state, List<String> reasons) {
    change(
        """
        UPDATE run SET state = $3, reasons = $4, closed_at = now(), look_at = NULL
        WHERE team = $1 AND name = $2 AND closed_at IS NULL
        """,
        key(run).addString(state.text()).addArrayOfString(reasons.toArray(String[]::new)));
  }

  /** Puts the next look off, unless something was told since {@code picture}. */
  void rest(Picture picture, RunState state, Duration pause) {
    change(
        """
        UPDATE run SET state = $4, look_at = now() + $5 * interval '1 millisecond'
        WHERE team = $1 AND name = $2 AND revision = $3 AND closed_at IS NULL
        """,
        key(picture.run())
            .addLong(picture.revision())
            .addString(state.text())
            .addLong(pause.toMillis()));
  }

  private Uni<Void> append(Transaction tx, RowSet<Row> changed, Event event) {
    return changed.rowCount() == 0 ? nothing() : outbox.append(tx, event).replaceWithVoid();
  }

  private static Uni<Void> nothing() {
    return Uni.createFrom().voidItem();
  }

  private JsonArray array(List<Mount> mounts) {
    try {
      return new JsonArray(json.writeValueAsString(mounts));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, List<Row>> byJob(String sql, RunKey run) {
    return rows(sql + " ORDER BY job, name", key(run))
        .collect(groupingBy(row -> row.getString("job")));
  }

  private Stream<Row> rows(String sql, Tuple values) {
    RowSet<Row> rows = pool.preparedQuery(sql).execute(values).await().atMost(PATIENCE);
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private void change(String sql, Tuple values) {
    pool.preparedQuery(sql).execute(values).await().atMost(PATIENCE);
  }

  private void transaction(Function<Transaction, Uni<Void>> change) {
    database.transaction(change).await().atMost(PATIENCE);
  }

  private static Tuple key(RunKey run) {
    return Tuple.of(run.team().text(), run.run().text());
  }

  private static Tuple key(RunKey run, RunName job, RunName name) {
    return key(run).addString(job.text()).addString(name.text());
  }

  private static <T> Map<RunName, T> named(List<Row> rows, Function<Row, T> read) {
    Map<RunName, T> named = new LinkedHashMap<>();
    rows.forEach(row -> named.put(name(row, "name"), read.apply(row)));
    return named;
  }

  private static boolean isDataset(Row row) {
    return row.getString("type").equals("dataset");
  }

  private static RunName name(Row row, String column) {
    return new RunName(row.getString(column));
  }

  private static Optional<Instant> time(Row row, String column) {
    return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static Optional<Outcome> outcome(Row row, String column) {
    return Optional.ofNullable(row.getString(column))
        .map(text -> Outcome.valueOf(text.toUpperCase(Locale.ROOT)));
  }

  private static String text(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
