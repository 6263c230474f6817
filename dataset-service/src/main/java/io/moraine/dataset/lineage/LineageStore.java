package io.moraine.dataset.lineage;

import io.moraine.dataset.lineage.Walk.Edge;
import io.moraine.dataset.run.RunFollower;
import io.moraine.events.run.Outcome;
import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Writes down what was told of jobs, in the consumer's transaction, and reads the graph. */
@ApplicationScoped
class LineageStore implements RunFollower {
  private static final String STARTED =
      """
      INSERT INTO lineage_job (team, run, job, attempt, started_at) VALUES ($1, $2, $3, $4, now())
      ON CONFLICT DO NOTHING
      """;
  private static final String ENDED =
      """
      INSERT INTO lineage_job AS j (team, run, job, attempt, engine, started_at, outcome, ended_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      ON CONFLICT (team, run, job, attempt) DO UPDATE SET engine = excluded.engine,
        started_at = excluded.started_at, outcome = excluded.outcome, ended_at = excluded.ended_at
      WHERE j.outcome IS NULL
      """;
  private static final String READ =
      """
      INSERT INTO lineage_read (team, run, job, attempt, name, dataset, version)
      SELECT $1, $2, $3, $4, * FROM unnest($5::text[], $6::text[], $7::text[]) ON CONFLICT DO NOTHING
      """;
  private static final String WRITE =
      """
      INSERT INTO lineage_write (team, run, job, attempt, name, dataset, version)
      SELECT $1, $2, $3, $4, * FROM unnest($5::text[], $6::text[], $7::text[]) ON CONFLICT DO NOTHING
      """;

  private static final String KNOWS =
      """
      SELECT FROM lineage_read WHERE team = $1 AND dataset = $2 AND version = $3
      UNION ALL
      SELECT FROM lineage_write WHERE team = $1 AND dataset = $2 AND version = $3 LIMIT 1
      """;

  private static final String OF_VERSIONS =
      "JOIN unnest($2::text[], $3::text[]) AS f(dataset, version) ON e.dataset = f.dataset AND e.version = f.version";
  private static final String OF_JOBS =
      """
      JOIN unnest($2::text[], $3::text[], $4::integer[]) AS f(run, job, attempt)
        ON e.run = f.run AND e.job = f.job AND e.attempt = f.attempt
      """;

  /** What a version's origin says is so before its job has ended, and after a rebuild. */
  private static final String WRITES =
      """
      SELECT team, run, job, attempt, name, dataset, version, place FROM lineage_write
      UNION ALL
      SELECT v.team, v.origin_run, v.origin_job, v.origin_attempt, v.origin_output, v.dataset, v.id, NULL FROM version v
      WHERE v.origin_run IS NOT NULL AND v.state = 'committed'
      """;

  /** The newest first: what is cut off is old. */
  private static final String EDGES =
      """
      SELECT e.run, e.job, e.attempt, e.name, e.dataset, e.version FROM %s e %s
      WHERE e.team = $1 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY max(e.place) DESC NULLS LAST, 1, 2, 3, 4 LIMIT %s
      """;

  private static final String VERSIONS =
      """
      SELECT f.dataset, f.version, v.state, v.team = $1 AS own, d.name, v.digest, v.message, v.committed_at
      FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS f(dataset, version, n)
      LEFT JOIN version v ON v.dataset = f.dataset AND v.id = f.version AND v.state <> 'deleting'
      LEFT JOIN dataset d ON d.id = v.dataset
      ORDER BY f.n
      """;
  private static final String JOBS =
      """
      SELECT f.run, f.job, f.attempt, j.team IS NOT NULL AS known, j.engine, j.outcome, j.started_at, j.ended_at
      FROM unnest($2::text[], $3::text[], $4::integer[]) WITH ORDINALITY AS f(run, job, attempt, n)
      LEFT JOIN lineage_job j ON j.team = $1 AND j.run = f.run AND j.job = f.job AND j.attempt = f.attempt
      ORDER BY f.n
      """;

  private final Pool database;

  LineageStore(Pool database) {
    this.database = database;
  }

  /** The job reads what it was given, from now on. */
  @Override
  public Uni<Void> ready(Transaction tx, JobReady event) {
    List<JobEnded.Input> inputs =
        event.mounts().stream()
            .flatMap(mount -> mount.ref().map(ref -> input(mount.name(), ref)).stream())
            .toList();
    return tx.preparedQuery(STARTED)
        .execute(attempt(event.team(), event.run(), event.job(), event.attempt()))
        .chain(
            () ->
                reads(
                    tx, attempt(event.team(), event.run(), event.job(), event.attempt()), inputs));
  }

  /** A mount names its version exactly: {@code dst…:version}. */
  private static JobEnded.Input input(RunName name, String ref) {
    DatasetRef frozen = DatasetRef.parse(ref);
    DatasetRef.Exactly exactly = (DatasetRef.Exactly) frozen.selector();
    return new JobEnded.Input(name, new DatasetId(frozen.dataset()), exactly.version());
  }

  /** One that never started has read and written nothing. */
  @Override
  public Uni<Void> ended(Transaction tx, JobEnded event) {
    if (event.startedAt().isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    List<JobEnded.Output> written =
        event.outputs().stream().filter(output -> output.version().isPresent()).toList();
    return tx.preparedQuery(ENDED)
        .execute(
            attempt(event)
                .addString(event.engine().orElse(null))
                .addValue(utc(event.startedAt().get()))
                .addString(text(event.outcome()))
                .addValue(utc(event.endedAt())))
        .chain(() -> reads(tx, attempt(event), event.inputs()))
        .chain(
            () ->
                tx.preparedQuery(WRITE)
                    .execute(
                        attempt(event)
                            .addArrayOfString(texts(written, output -> output.name().text()))
                            .addArrayOfString(texts(written, output -> output.dataset().text()))
                            .addArrayOfString(
                                texts(written, output -> output.version().orElseThrow().text()))))
        .replaceWithVoid();
  }

  private static Uni<Void> reads(Transaction tx, Tuple attempt, List<JobEnded.Input> inputs) {
    return tx.preparedQuery(READ)
        .execute(
            attempt
                .addArrayOfString(texts(inputs, input -> input.name().text()))
                .addArrayOfString(texts(inputs, input -> input.dataset().text()))
                .addArrayOfString(texts(inputs, input -> input.version().text())))
        .replaceWithVoid();
  }

  /** Whether a job of the team read or wrote the version, which may be gone. */
  Uni<Boolean> knows(TeamId team, VersionNode.Key version) {
    return database
        .preparedQuery(KNOWS)
        .execute(Tuple.of(team.text(), version.dataset().text(), version.version().text()))
        .map(rows -> rows.size() > 0);
  }

  /** At most {@code most} of the edges from these versions to the jobs that wrote them. */
  Uni<List<Edge>> writersOf(TeamId team, List<VersionNode.Key> versions, int most) {
    return edges("(" + WRITES + ")", OF_VERSIONS, versions(team.text(), versions), most);
  }

  Uni<List<Edge>> readersOf(TeamId team, List<VersionNode.Key> versions, int most) {
    return edges("lineage_read", OF_VERSIONS, versions(team.text(), versions), most);
  }

  Uni<List<Edge>> writesOf(TeamId team, List<JobNode.Key> jobs, int most) {
    return jobs.isEmpty()
        ? Uni.createFrom().item(List.of())
        : edges("(" + WRITES + ")", OF_JOBS, jobs(team.text(), jobs), most);
  }

  Uni<List<Edge>> readsOf(TeamId team, List<JobNode.Key> jobs, int most) {
    return jobs.isEmpty()
        ? Uni.createFrom().item(List.of())
        : edges("lineage_read", OF_JOBS, jobs(team.text(), jobs), most);
  }

  private Uni<List<Edge>> edges(String of, String which, Tuple parameters, int most) {
    String limit = "$" + (parameters.size() + 1);
    return database
        .preparedQuery(EDGES.formatted(of, which, limit))
        .execute(parameters.addInteger(most))
        .map(rows -> stream(rows).map(LineageStore::edge).toList());
  }

  private static Edge edge(Row row) {
    return new Edge(
        job(row),
        new RunName(row.getString("name")),
        new VersionNode.Key(
            new DatasetId(row.getString("dataset")), new VersionId(row.getString("version"))));
  }

  Uni<List<VersionNode>> versions(TeamId team, List<VersionNode.Key> versions) {
    return database
        .preparedQuery(VERSIONS)
        .execute(versions(team.text(), versions))
        .map(rows -> stream(rows).map(LineageStore::version).toList());
  }

  private static VersionNode version(Row row) {
    DatasetId dataset = new DatasetId(row.getString("dataset"));
    VersionId version = new VersionId(row.getString("version"));
    if (row.getBoolean("own") == null || !row.getBoolean("own")) {
      return new VersionNode(
          dataset,
          version,
          row.getBoolean("own") == null ? "gone" : "public",
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    return new VersionNode(
        dataset,
        version,
        row.getString("state"),
        Optional.of(new DatasetName(row.getString("name"))),
        Optional.ofNullable(row.getBuffer("digest")).map(Buffer::getBytes).map(Sha256::ofBytes),
        Optional.of(row.getString("message")),
        time(row, "committed_at"));
  }

  Uni<List<JobNode>> jobs(TeamId team, Walk walk) {
    Map<JobNode.Key, List<JobNode.Link>> reads = walk.reads();
    Map<JobNode.Key, List<JobNode.Link>> writes = walk.writes();
    return database
        .preparedQuery(JOBS)
        .execute(jobs(team.text(), walk.jobs()))
        .map(
            rows ->
                stream(rows)
                    .map(
                        row ->
                            job(
                                row,
                                reads.getOrDefault(job(row), List.of()),
                                writes.getOrDefault(job(row), List.of())))
                    .toList());
  }

  private static JobNode job(Row row, List<JobNode.Link> reads, List<JobNode.Link> writes) {
    JobNode.Key key = job(row);
    String running = row.getBoolean("known") ? "running" : "unknown";
    return new JobNode(
        key.run(),
        key.job(),
        key.attempt(),
        Optional.ofNullable(row.getString("outcome")).orElse(running),
        Optional.ofNullable(row.getString("engine")),
        time(row, "started_at"),
        time(row, "ended_at"),
        reads,
        writes);
  }

  private static JobNode.Key job(Row row) {
    return new JobNode.Key(
        new RunName(row.getString("run")),
        new RunName(row.getString("job")),
        row.getInteger("attempt"));
  }

  private static Tuple attempt(JobEnded event) {
    return attempt(event.team(), event.run(), event.job(), event.attempt());
  }

  private static Tuple attempt(TeamId team, RunName run, RunName job, int attempt) {
    return Tuple.of(team.text(), run.text(), job.text(), attempt);
  }

  private static Tuple versions(String team, List<VersionNode.Key> versions) {
    return Tuple.of(team)
        .addArrayOfString(texts(versions, key -> key.dataset().text()))
        .addArrayOfString(texts(versions, key -> key.version().text()));
  }

  private static Tuple jobs(String team, List<JobNode.Key> jobs) {
    return Tuple.of(team)
        .addArrayOfString(texts(jobs, key -> key.run().text()))
        .addArrayOfString(texts(jobs, key -> key.job().text()))
        .addArrayOfInteger(jobs.stream().map(JobNode.Key::attempt).toArray(Integer[]::new));
  }

  private static <T> String[] texts(Collection<T> items, Function<T, String> text) {
    return items.stream().map(text).toArray(String[]::new);
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Optional<Instant> time(Row row, String column) {
    return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static String text(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
