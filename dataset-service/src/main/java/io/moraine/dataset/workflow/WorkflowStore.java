package io.moraine.dataset.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.dataset.run.RunFollower;
import io.moraine.dataset.workflow.StoredRun.End;
import io.moraine.dataset.workflow.StoredRun.StoredJob;
import io.moraine.dataset.workflow.StoredRun.Written;
import io.moraine.events.run.JobSpec;
import io.moraine.events.run.Outcome;
import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.RunRejected;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The tables {@code workflow}, {@code workflow_run} and {@code workflow_job}. */
@ApplicationScoped
class WorkflowStore implements RunFollower {
  private static final String COLUMNS = "id, name, project, team, created_at";

  private static final String LIST =
      """
      SELECT %s FROM workflow WHERE team = $1 AND ($2::text IS NULL OR project = $2)
        AND ($3::text IS NULL OR (name, id) > (SELECT w.name, w.id FROM workflow w WHERE w.id = $3))
      ORDER BY name, id LIMIT $4
      """
          .formatted(COLUMNS);

  private static final String NEXT_NUMBER =
      "UPDATE workflow SET last_run = last_run + 1 WHERE team = $1 AND id = $2 RETURNING last_run";

  private static final String INSERT_RUN =
      """
      INSERT INTO workflow_run (workflow, number, team, run, log_id, cluster, key_id, spec)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)
      """;

  private static final String INSERT_JOBS =
      """
      INSERT INTO workflow_job (workflow, number, job, place, log_id)
      SELECT $1, $2, j.job, j.place, j.log_id
      FROM unnest($3::text[], $4::integer[], $5::text[]) AS j (job, place, log_id)
      """;

  /** What a page of runs has at most of their specs: each is read, and written, as a tree. */
  private static final int MOST_SPEC_CHARACTERS = 4 << 20;

  /** The newest runs before one, as many as a page has room for, and always one. */
  private static final String PAGE =
      """
      SELECT * FROM (
        SELECT w.*, row_number() OVER newest AS place, sum(length(w.spec::text)) OVER newest AS characters
        FROM workflow_run w WHERE w.team = $1 AND w.workflow = $2 AND w.number < $3
        WINDOW newest AS (ORDER BY w.number DESC)
        ORDER BY w.number DESC LIMIT $4) newest_runs
      WHERE place = 1 OR characters <= %d
      """
          .formatted(MOST_SPEC_CHARACTERS);

  private static final String ONE =
      "SELECT * FROM workflow_run w WHERE w.team = $1 AND w.workflow = $2 AND w.number = $3";

  /** Each run with its jobs, and what they wrote as the versions say. */
  private static final String RUNS =
      """
      SELECT r.workflow, r.number, r.run, r.log_id, r.cluster, r.spec::text AS spec, r.rejected_at, r.reasons,
        r.created_at,
        coalesce((SELECT json_agg(json_build_object(
            'job', j.job, 'logId', j.log_id, 'readyAt', j.ready_at, 'inputs', j.inputs,
            'endedAt', j.ended_at, 'outcome', j.outcome) ORDER BY j.place)
          FROM workflow_job j WHERE j.workflow = r.workflow AND j.number = r.number), '[]')::text AS jobs,
        coalesce((SELECT json_agg(json_build_object(
            'job', v.origin_job, 'output', v.origin_output, 'ref', d.name || ':' || v.id,
            'committed', v.state = 'committed') ORDER BY v.created_at)
          FROM version v JOIN dataset d ON d.id = v.dataset
          WHERE v.team = r.team AND v.origin_run = r.run AND v.state <> 'deleting'), '[]')::text AS written
      FROM (%s) r
      ORDER BY r.number DESC
      """;

  private static final String READY =
      """
      UPDATE workflow_job j SET ready_at = coalesce(j.ready_at, now()), inputs = $4::text::jsonb
      FROM workflow_run r
      WHERE r.team = $1 AND r.run = $2 AND j.workflow = r.workflow AND j.number = r.number AND j.job = $3
      """;

  private static final String ENDED =
      """
      UPDATE workflow_job j SET ended_at = $4, outcome = $5
      FROM workflow_run r
      WHERE r.team = $1 AND r.run = $2 AND j.workflow = r.workflow AND j.number = r.number AND j.job = $3
      """;

  private static final String REJECTED =
      """
      UPDATE workflow_run SET rejected_at = coalesce(rejected_at, now()), reasons = $3
      WHERE team = $1 AND run = $2
      """;

  private final Pool pool;
  private final ObjectMapper json;

  WorkflowStore(Pool pool, ObjectMapper json) {
    this.pool = pool;
    this.json = json;
  }

  Uni<Workflow> create(TeamId team, String name, String project) {
    return pool.preparedQuery(
            "INSERT INTO workflow (id, team, name, project) VALUES ($1, $2, $3, $4) RETURNING "
                + COLUMNS)
        .execute(Tuple.of(UUID.randomUUID().toString(), team.text(), name, project))
        .map(rows -> workflow(rows.iterator().next()));
  }

  /** Up to {@code most} by name, those after one of the team's where it is named. */
  Uni<List<Workflow>> list(
      TeamId team, Optional<String> project, Optional<String> after, int most) {
    return pool.preparedQuery(LIST)
        .execute(Tuple.of(team.text(), project.orElse(null), after.orElse(null), most))
        .map(rows -> stream(rows).map(WorkflowStore::workflow).toList());
  }

  Uni<Optional<Workflow>> find(TeamId team, String id) {
    return pool.preparedQuery("SELECT " + COLUMNS + " FROM workflow WHERE team = $1 AND id = $2")
        .execute(Tuple.of(team.text(), id))
        .map(rows -> stream(rows).findFirst().map(WorkflowStore::workflow));
  }

  /** Takes the next number of the workflow's runs; none when there is no such workflow. */
  Uni<Optional<Integer>> nextNumber(Transaction tx, TeamId team, String workflow) {
    return tx.preparedQuery(NEXT_NUMBER)
        .execute(Tuple.of(team.text(), workflow))
        .map(rows -> stream(rows).findFirst().map(row -> row.getInteger("last_run")));
  }

  Uni<Void> insert(Transaction tx, NewRun run) {
    Tuple parameters =
        Tuple.of(run.workflow(), run.number(), run.team().text())
            .addString(run.run().text())
            .addString("wfr" + random())
            .addString(run.cluster())
            .addString(run.keyId())
            .addString(text(run.spec()));
    return tx.preparedQuery(INSERT_RUN).execute(parameters).chain(() -> insertJobs(tx, run));
  }

  private Uni<Void> insertJobs(Transaction tx, NewRun run) {
    List<JobSpec> jobs = run.jobs();
    return tx.preparedQuery(INSERT_JOBS)
        .execute(
            Tuple.of(run.workflow(), run.number())
                .addArrayOfString(jobs.stream().map(j -> j.job().text()).toArray(String[]::new))
                .addArrayOfInteger(IntStream.range(0, jobs.size()).boxed().toArray(Integer[]::new))
                .addArrayOfString(jobs.stream().map(j -> "wfrj" + random()).toArray(String[]::new)))
        .replaceWithVoid();
  }

  /**
   * Runs of the workflow before one, the newest first: at most {@code most}, and fewer when their
   * specs are long; none only when there is none.
   */
  Uni<List<StoredRun>> runs(TeamId team, String workflow, int before, int most) {
    return pool.preparedQuery(RUNS.formatted(PAGE))
        .execute(Tuple.of(team.text(), workflow, before, most))
        .map(rows -> stream(rows).map(this::run).toList());
  }

  Uni<Optional<StoredRun>> run(TeamId team, String workflow, int number) {
    return pool.preparedQuery(RUNS.formatted(ONE))
        .execute(Tuple.of(team.text(), workflow, number))
        .map(rows -> stream(rows).findFirst().map(this::run));
  }

  /** The key that started a run, when one of ours did. */
  Uni<Optional<String>> keyId(TeamId team, RunName run) {
    return pool.preparedQuery("SELECT key_id FROM workflow_run WHERE team = $1 AND run = $2")
        .execute(Tuple.of(team.text(), run.text()))
        .map(rows -> stream(rows).findFirst().map(row -> row.getString("key_id")));
  }

  /** Nothing, when the run is none of ours. */
  @Override
  public Uni<Void> ready(Transaction tx, JobReady event) {
    JsonObject inputs = new JsonObject();
    event.mounts().forEach(mount -> mount.ref().ifPresent(r -> inputs.put(mount.name().text(), r)));
    return tx.preparedQuery(READY)
        .execute(
            Tuple.of(event.team().text(), event.run().text(), event.job().text(), inputs.encode()))
        .replaceWithVoid();
  }

  /** Nothing, when the run is none of ours. */
  @Override
  public Uni<Void> ended(Transaction tx, JobEnded event) {
    return tx.preparedQuery(ENDED)
        .execute(
            Tuple.of(event.team().text(), event.run().text(), event.job().text())
                .addOffsetDateTime(event.endedAt().atOffset(ZoneOffset.UTC))
                .addString(event.outcome().name()))
        .replaceWithVoid();
  }

  /** Nothing, when the run is none of ours. */
  @Override
  public Uni<Void> rejected(Transaction tx, RunRejected event) {
    return tx.preparedQuery(REJECTED)
        .execute(
            Tuple.of(event.team().text(), event.run().text())
                .addArrayOfString(event.reasons().toArray(String[]::new)))
        .replaceWithVoid();
  }

  private StoredRun run(Row row) {
    JsonNode written = tree(row.getString("written"));
    return new StoredRun(
        row.getString("workflow"),
        row.getInteger("number"),
        row.getString("run"),
        row.getString("log_id"),
        row.getString("cluster"),
        tree(row.getString("spec")),
        Optional.ofNullable(row.getOffsetDateTime("rejected_at")).map(OffsetDateTime::toInstant),
        Arrays.asList(row.getArrayOfStrings("reasons")),
        row.getOffsetDateTime("created_at").toInstant(),
        stream(tree(row.getString("jobs"))).map(job -> job(job, written)).toList());
  }

  private StoredJob job(JsonNode job, JsonNode written) {
    String name = job.path("job").asText();
    Map<String, String> inputs =
        json.convertValue(
            job.path("inputs"), new TypeReference<LinkedHashMap<String, String>>() {});
    return new StoredJob(
        name,
        job.path("logId").asText(),
        instant(job.path("readyAt")),
        inputs,
        instant(job.path("endedAt"))
            .map(at -> new End(Outcome.valueOf(job.path("outcome").textValue()), at)),
        stream(written)
            .filter(w -> w.path("job").asText().equals(name))
            .map(
                w ->
                    new Written(
                        w.path("output").asText(),
                        w.path("ref").asText(),
                        w.path("committed").asBoolean()))
            .toList());
  }

  private static Optional<Instant> instant(JsonNode time) {
    return time.isTextual()
        ? Optional.of(OffsetDateTime.parse(time.textValue()).toInstant())
        : Optional.empty();
  }

  private JsonNode tree(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text(JsonNode tree) {
    try {
      return json.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String random() {
    return UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  }

  private static Workflow workflow(Row row) {
    return new Workflow(
        row.getString("id"),
        row.getString("name"),
        row.getString("project"),
        new TeamId(row.getString("team")),
        row.getOffsetDateTime("created_at").toInstant());
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
