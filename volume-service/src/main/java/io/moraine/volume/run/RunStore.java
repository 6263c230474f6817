package io.moraine.volume.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.events.cache.VersionCached;
import io.moraine.events.run.InputSpec;
import io.moraine.events.run.JobFinished;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.OutputSpec;
import io.moraine.events.run.RunAnnouncement;
import io.moraine.events.run.RunFinished;
import io.moraine.events.volume.Mount;
import io.moraine.events.volume.RunRejected;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.moraine.volume.mount.RunKey;
import io.moraine.volume.reconcile.RunState;
import io.moraine.volume.run.RunDetails.InputDetails;
import io.moraine.volume.run.RunDetails.JobDetails;
import io.moraine.volume.run.RunDetails.OutputDetails;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Writes down what was told of runs, in the consumer's transaction, and reads it for users. */
@ApplicationScoped
class RunStore {
  private static final TypeReference<List<Mount>> MOUNTS = new TypeReference<>() {};

  private final Pool pool;
  private final Outbox outbox;
  private final ObjectMapper json;

  RunStore(Pool pool, Outbox outbox, ObjectMapper json) {
    this.pool = pool;
    this.outbox = outbox;
    this.json = json;
  }

  /** Writes the run with its jobs, if this is its first announcement and it has not ended. */
  Uni<Void> announce(Transaction tx, RunKey run, RunAnnouncement announcement) {
    AnnouncedJobs jobs = AnnouncedJobs.of(announcement);
    RunRejected rejected = new RunRejected(run.team(), run.run(), jobs.reasons());
    List<String> reasons = rejected.reasons();
    return tx.preparedQuery(
            """
            INSERT INTO run AS r (team, name, region, engine, names_jobs, announced_at, look_at, state, reasons)
            VALUES ($1, $2, $3, $4, $5, now(), now(), $6, $7)
            ON CONFLICT (team, name) DO UPDATE SET region = excluded.region, engine = excluded.engine,
              names_jobs = excluded.names_jobs, announced_at = now(), look_at = now(), revision = r.revision + 1,
              state = excluded.state, reasons = excluded.reasons
            WHERE r.announced_at IS NULL AND r.closed_at IS NULL
            """)
        .execute(
            key(run)
                .addString(announcement.region())
                .addString(announcement.engine())
                .addBoolean(!announcement.jobs().isEmpty())
                .addString(reasons.isEmpty() ? "preparing" : "rejected")
                .addArrayOfString(reasons.toArray(String[]::new)))
        .chain(
            written -> {
              if (written.rowCount() == 0) {
                return Uni.createFrom().voidItem();
              }
              return reasons.isEmpty()
                  ? writeJobs(tx, run, jobs)
                  : outbox.append(tx, rejected).replaceWithVoid();
            });
  }

  private Uni<Void> writeJobs(Transaction tx, RunKey run, AnnouncedJobs announced) {
    List<Tuple> jobs = new ArrayList<>();
    List<Tuple> inputs = new ArrayList<>();
    List<Tuple> outputs = new ArrayList<>();
    for (AnnouncedJobs.Job job : announced.jobs()) {
      RunName name = job.spec().job();
      String[] needs = job.needs().stream().map(RunName::text).toArray(String[]::new);
      jobs.add(key(run).addString(name.text()).addInteger(jobs.size()).addArrayOfString(needs));
      job.spec()
          .inputs()
          .forEach(
              (input, spec) -> inputs.add(input(run, name, input, spec, job.from().get(input))));
      job.spec().outputs().forEach((output, spec) -> outputs.add(output(run, name, output, spec)));
    }
    return batch(
            tx,
            """
            INSERT INTO job AS j (team, run, name, position, needs) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (team, run, name) DO UPDATE SET position = excluded.position, needs = excluded.needs
            WHERE j.position IS NULL
            """,
            jobs)
        .chain(() -> forgetStrangers(tx, run))
        .chain(
            () ->
                batch(
                    tx,
                    """
                    INSERT INTO input (team, run, job, name, type, ref, from_job, from_output)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                    """,
                    inputs))
        .chain(
            () ->
                batch(
                    tx,
                    """
                    INSERT INTO output (team, run, job, name, type, ref, message, tags, size_bytes)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                    """,
                    outputs));
  }

  /** Jobs of which a finish was heard and that the run turned out not to have. */
  private static Uni<Void> forgetStrangers(Transaction tx, RunKey run) {
    return tx.preparedQuery("DELETE FROM job WHERE team = $1 AND run = $2 AND position IS NULL")
        .execute(key(run))
        .replaceWithVoid();
  }

  private static Tuple input(
      RunKey run, RunName job, RunName name, InputSpec spec, AnnouncedJobs.Source from) {
    return key(run)
        .addString(job.text())
        .addString(name.text())
        .addString(text(spec.type()))
        .addString(from == null ? spec.ref().map(DatasetRef::toString).orElseThrow() : null)
        .addString(from == null ? null : from.job().text())
        .addString(from == null ? null : from.output().text());
  }

  private static Tuple output(RunKey run, RunName job, RunName name, OutputSpec spec) {
    return key(run)
        .addString(job.text())
        .addString(name.text())
        .addString(text(spec.type()))
        .addString(spec.ref().map(DatasetRef::toString).orElse(null))
        .addString(spec.message().orElse(null))
        .addArrayOfString(spec.tags().stream().map(TagName::text).toArray(String[]::new))
        .addValue(spec.sizeBytes().isPresent() ? spec.sizeBytes().getAsLong() : null);
  }

  private static Uni<Void> batch(Transaction tx, String sql, List<Tuple> rows) {
    return rows.isEmpty()
        ? Uni.createFrom().voidItem()
        : tx.preparedQuery(sql).executeBatch(rows).replaceWithVoid();
  }

  /**
   * The job has ended as its first end says. The attempt is not compared: directories exist for the
   * first one alone, so whichever attempt ends has written to them.
   */
  Uni<Void> jobFinished(Transaction tx, JobFinished event) {
    Tuple run = key(new RunKey(event.team(), event.run()));
    return tx.preparedQuery(
            """
            INSERT INTO run AS r (team, name) VALUES ($1, $2)
            ON CONFLICT (team, name) DO UPDATE SET revision = r.revision + 1,
              look_at = CASE WHEN r.announced_at IS NULL OR r.closed_at IS NOT NULL THEN r.look_at ELSE now() END
            """)
        .execute(run)
        .chain(
            () ->
                tx.preparedQuery(
                        """
                        INSERT INTO job AS j (team, run, name, outcome)
                        SELECT $1, $2, $3, $4 FROM run r WHERE r.team = $1 AND r.name = $2 AND r.closed_at IS NULL
                          AND (r.announced_at IS NULL
                               OR EXISTS (SELECT FROM job k WHERE k.team = $1 AND k.run = $2 AND k.name = $3))
                        ON CONFLICT (team, run, name) DO UPDATE SET outcome = excluded.outcome
                        WHERE j.outcome IS NULL
                        """)
                    .execute(
                        key(new RunKey(event.team(), event.run()))
                            .addString(event.job().text())
                            .addString(text(event.outcome()))))
        .replaceWithVoid();
  }

  /**
   * The run has ended as its first end says; so has its one job when it named none, and any named
   * job that has not ended is cancelled. A run that was never announced is over and stays so.
   */
  Uni<Void> runFinished(Transaction tx, RunFinished event) {
    RunKey run = new RunKey(event.team(), event.run());
    return tx.preparedQuery(
            """
            INSERT INTO run AS r (team, name, outcome, state, closed_at) VALUES ($1, $2, $3, $3, now())
            ON CONFLICT (team, name) DO UPDATE SET outcome = excluded.outcome, revision = r.revision + 1,
              state     = CASE WHEN r.announced_at IS NULL THEN excluded.state ELSE r.state END,
              closed_at = CASE WHEN r.announced_at IS NULL THEN now() END,
              look_at   = CASE WHEN r.announced_at IS NULL THEN NULL ELSE now() END
            WHERE r.outcome IS NULL AND r.closed_at IS NULL
            RETURNING names_jobs
            """)
        .execute(key(run).addString(text(event.outcome())))
        .chain(
            changed ->
                changed.rowCount() == 0
                    ? Uni.createFrom().voidItem()
                    : endJobs(tx, run, event.outcome(), changed.iterator().next()));
  }

  private static Uni<Void> endJobs(Transaction tx, RunKey run, Outcome outcome, Row finished) {
    Outcome ofJobs = finished.getBoolean("names_jobs") ? Outcome.CANCELLED : outcome;
    return tx.preparedQuery(
            "UPDATE job SET outcome = $3 WHERE team = $1 AND run = $2 AND outcome IS NULL")
        .execute(key(run).addString(text(ofJobs)))
        .replaceWithVoid();
  }

  /** It is worth looking at the run again. */
  Uni<Void> lookAgain(Transaction tx, RunKey run) {
    return tx.preparedQuery(
            """
            UPDATE run SET look_at = now(), revision = revision + 1
            WHERE team = $1 AND name = $2 AND look_at IS NOT NULL
            """)
        .execute(key(run))
        .replaceWithVoid();
  }

  /** It is worth looking again at the runs that wait for the version. */
  Uni<Void> lookAgain(Transaction tx, VersionCached event) {
    return tx.preparedQuery(
            """
            UPDATE run r SET look_at = now(), revision = revision + 1 FROM input i
            WHERE i.dataset = $2 AND i.version = $3 AND NOT i.cached AND i.team = $1
              AND r.team = i.team AND r.name = i.run AND r.look_at IS NOT NULL
            """)
        .execute(Tuple.of(event.team().text(), event.dataset().text(), event.version().text()))
        .replaceWithVoid();
  }

  Uni<Optional<RunDetails>> details(RunKey run) {
    return pool.preparedQuery(
            "SELECT name, state, engine, reasons FROM run WHERE team = $1 AND name = $2")
        .execute(key(run))
        .chain(
            rows ->
                rows.rowCount() == 0
                    ? Uni.createFrom().item(Optional.empty())
                    : jobs(run).map(jobs -> Optional.of(details(rows.iterator().next(), jobs))));
  }

  private static RunDetails details(Row row, List<JobDetails> jobs) {
    return new RunDetails(
        new RunName(row.getString("name")),
        RunState.of(row.getString("state")),
        row.getString("engine"),
        Arrays.asList(row.getArrayOfStrings("reasons")),
        jobs);
  }

  private Uni<List<JobDetails>> jobs(RunKey run) {
    return Uni.combine()
        .all()
        .unis(
            query(
                """
                SELECT name, attempt, outcome, ended, reason, mounts IS NOT NULL AS ready,
                  NOT EXISTS (SELECT FROM job n WHERE n.team = j.team AND n.run = j.run AND n.name = ANY (j.needs)
                              AND n.ended IS DISTINCT FROM 'succeeded') AS needs_met
                FROM job j WHERE team = $1 AND run = $2 ORDER BY position NULLS LAST, name
                """,
                run),
            query(
                """
                SELECT job, name, type, ref, from_job, from_output, dataset, version, digest, cached, reason
                FROM input WHERE team = $1 AND run = $2 ORDER BY job, name
                """,
                run),
            query(
                """
                SELECT o.job, o.name, o.type, o.dataset, o.version, o.digest,
                  CASE o.type WHEN 'volume' THEN coalesce(v.phase, 'pending') ELSE o.state END AS state,
                  coalesce(v.reason, o.reason) AS reason
                FROM output o LEFT JOIN volume v USING (team, run, job, name)
                WHERE o.team = $1 AND o.run = $2 ORDER BY o.job, o.name
                """,
                run))
        .combinedWith(RunStore::jobs);
  }

  private static List<JobDetails> jobs(RowSet<Row> jobs, RowSet<Row> inputs, RowSet<Row> outputs) {
    Map<String, List<InputDetails>> in = new HashMap<>();
    inputs.forEach(
        row -> in.computeIfAbsent(row.getString("job"), j -> new ArrayList<>()).add(input(row)));
    Map<String, List<OutputDetails>> out = new HashMap<>();
    outputs.forEach(
        row -> out.computeIfAbsent(row.getString("job"), j -> new ArrayList<>()).add(output(row)));
    return stream(jobs)
        .map(
            job ->
                new JobDetails(
                    new RunName(job.getString("name")),
                    job.getInteger("attempt"),
                    state(job),
                    Optional.ofNullable(job.getString("reason")),
                    in.getOrDefault(job.getString("name"), List.of()),
                    out.getOrDefault(job.getString("name"), List.of())))
        .toList();
  }

  private static String state(Row job) {
    if (job.getString("ended") != null) {
      return job.getString("ended");
    }
    if (job.getString("outcome") != null) {
      return "finishing";
    }
    return job.getBoolean("ready")
        ? "ready"
        : job.getBoolean("needs_met") ? "preparing" : "waiting";
  }

  private static InputDetails input(Row row) {
    return new InputDetails(
        new RunName(row.getString("name")),
        row.getString("type"),
        Optional.ofNullable(row.getString("ref")),
        Optional.ofNullable(row.getString("from_job"))
            .map(job -> job + "." + row.getString("from_output")),
        Optional.ofNullable(row.getString("dataset")).map(DatasetId::new),
        Optional.ofNullable(row.getString("version")).map(VersionId::new),
        Optional.ofNullable(row.getString("digest")),
        row.getBoolean("cached"),
        Optional.ofNullable(row.getString("reason")));
  }

  private static OutputDetails output(Row row) {
    return new OutputDetails(
        new RunName(row.getString("name")),
        row.getString("type"),
        Optional.ofNullable(row.getString("dataset")).map(DatasetId::new),
        Optional.ofNullable(row.getString("version")).map(VersionId::new),
        Optional.ofNullable(row.getString("digest")),
        row.getString("state"),
        Optional.ofNullable(row.getString("reason")));
  }

  /** The mounts of each job of the run; none for one that is not ready. */
  Uni<Map<RunName, Optional<List<Mount>>>> mounts(RunKey run) {
    return query(
            "SELECT name, mounts::text AS mounts FROM job WHERE team = $1 AND run = $2 AND position IS NOT NULL",
            run)
        .map(
            rows -> {
              Map<RunName, Optional<List<Mount>>> mounts = new HashMap<>();
              rows.forEach(
                  row ->
                      mounts.put(
                          new RunName(row.getString("name")),
                          Optional.ofNullable(row.getString("mounts")).map(this::read)));
              return mounts;
            });
  }

  /** The team's runs by name. */
  Uni<List<RunDetails.Line>> page(TeamId team, String after, int limit) {
    return pool.preparedQuery(
            """
            SELECT name, state, engine, created_at FROM run
            WHERE team = $1 AND name > $2 ORDER BY name LIMIT $3
            """)
        .execute(Tuple.of(team.text(), after, limit))
        .map(
            rows ->
                stream(rows)
                    .map(
                        row ->
                            new RunDetails.Line(
                                new RunName(row.getString("name")),
                                RunState.of(row.getString("state")),
                                row.getString("engine"),
                                row.getOffsetDateTime("created_at").toInstant()))
                    .toList());
  }

  /** How many runs are in each state; those that are closed are not counted. */
  Uni<Map<RunState, Long>> count() {
    return pool.query(
            "SELECT state, count(*) AS n FROM run WHERE closed_at IS NULL AND announced_at IS NOT NULL GROUP BY state")
        .execute()
        .map(
            rows -> {
              Map<RunState, Long> counts = new HashMap<>();
              rows.forEach(r -> counts.put(RunState.of(r.getString("state")), r.getLong("n")));
              return counts;
            });
  }

  private List<Mount> read(String mounts) {
    try {
      return json.readValue(mounts, MOUNTS);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Uni<RowSet<Row>> query(String sql, RunKey run) {
    return pool.preparedQuery(sql).execute(key(run));
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Tuple key(RunKey run) {
    return Tuple.of(run.team().text(), run.run().text());
  }

  private static String text(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
