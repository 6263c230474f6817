package io.moraine.cache.output;

import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The table {@code output}. Every change of state is one conditional statement. */
@ApplicationScoped
class OutputStore {
  private static final String ATTEMPT =
      " WHERE team = $1 AND run = $2 AND job = $3 AND attempt = $4 ";
  private static final String ONE = ATTEMPT + "AND name = $5 ";

  /**
   * What is stored keeps its copy until the cache has it, or will not. What was never tried comes
   * first, then what was tried longest ago.
   */
  private static final String DUE =
      """
      SELECT team, run, job, attempt, name FROM output AS o
      WHERE kept AND (state IN ('opening', 'local', 'uploading', 'discarded')
        OR state = 'stored' AND NOT EXISTS (
          SELECT FROM cached_version AS v
          WHERE v.team = o.team AND v.dataset = o.dataset AND v.version = o.version
            AND v.state IN ('wanted', 'filling')))
      ORDER BY tried_at NULLS FIRST, opened_at LIMIT $1
      """;

  private final Pool database;

  OutputStore(Pool database) {
    this.database = database;
  }

  /** Opens an output; nothing to do when it is known. */
  Uni<Void> open(Transaction tx, Output output) {
    return tx.preparedQuery(
            """
            INSERT INTO output (team, run, job, attempt, name, dataset, message, tags)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
            """)
        .execute(
            one(output.key())
                .addString(output.dataset().text())
                .addString(output.message().orElse(null))
                .addArrayOfString(output.tags().stream().map(TagName::text).toArray(String[]::new)))
        .replaceWithVoid();
  }

  /** Moves those outputs of an attempt on that are in one of the states {@code from}. */
  Uni<Void> move(OutputKey attempt, List<OutputState> from, OutputState to) {
    return database
        .preparedQuery("UPDATE output SET state = $5" + ATTEMPT + "AND state = ANY ($6)")
        .execute(
            attempt(attempt)
                .addString(to.text())
                .addArrayOfString(from.stream().map(OutputState::text).toArray(String[]::new)))
        .replaceWithVoid();
  }

  /** Moves one output on, if it is in the state {@code from}. */
  Uni<Boolean> move(OutputKey key, OutputState from, OutputState to) {
    return database
        .preparedQuery("UPDATE output SET state = $6" + ONE + "AND state = $7")
        .execute(one(key).addString(to.text()).addString(from.text()))
        .map(rows -> rows.rowCount() == 1);
  }

  Uni<Void> drafted(OutputKey key, VersionId version) {
    return database
        .preparedQuery("UPDATE output SET version = $6" + ONE)
        .execute(one(key).addString(version.text()))
        .replaceWithVoid();
  }

  Uni<Boolean> stored(Transaction tx, OutputKey key, Sha256 digest) {
    return tx.preparedQuery(
            "UPDATE output SET state = 'stored', digest = $6" + ONE + "AND state = 'uploading'")
        .execute(one(key).addBuffer(Buffer.buffer(digest.toBytes())))
        .map(rows -> rows.rowCount() == 1);
  }

  Uni<Boolean> failed(Transaction tx, OutputKey key, String reason) {
    return tx.preparedQuery(
            "UPDATE output SET state = 'failed', reason = $6"
                + ONE
                + "AND state IN ('opening', 'local', 'uploading')")
        .execute(one(key).addString(reason))
        .map(rows -> rows.rowCount() == 1);
  }

  /** Nothing of it lies on the disk any more. */
  Uni<Void> forgotten(OutputKey key) {
    return database
        .preparedQuery("UPDATE output SET kept = false" + ONE)
        .execute(one(key))
        .replaceWithVoid();
  }

  /** It failed: others go first. */
  Uni<Void> tried(OutputKey key) {
    return database
        .preparedQuery("UPDATE output SET tried_at = now()" + ONE)
        .execute(one(key))
        .replaceWithVoid();
  }

  Uni<List<OutputKey>> due(int most) {
    return database
        .preparedQuery(DUE)
        .execute(Tuple.of(most))
        .map(
            rows -> StreamSupport.stream(rows.spliterator(), false).map(OutputStore::key).toList());
  }

  Uni<Optional<Output>> find(OutputKey key) {
    return database
        .preparedQuery("SELECT * FROM output" + ONE)
        .execute(one(key))
        .map(rows -> outputs(rows).stream().findFirst());
  }

  /** Every output of an attempt, by name. */
  Uni<List<Output>> attemptOf(OutputKey key) {
    return database
        .preparedQuery("SELECT * FROM output" + ATTEMPT + "ORDER BY name")
        .execute(attempt(key))
        .map(OutputStore::outputs);
  }

  /** Those of which something lies on the disk. */
  Uni<List<Output>> kept(TeamId team) {
    return database
        .preparedQuery("SELECT * FROM output WHERE team = $1 AND kept")
        .execute(Tuple.of(team.text()))
        .map(OutputStore::outputs);
  }

  private static Tuple attempt(OutputKey key) {
    return Tuple.tuple()
        .addString(key.team().text())
        .addString(key.run().text())
        .addString(key.job().text())
        .addInteger(key.attempt());
  }

  private static Tuple one(OutputKey key) {
    return attempt(key).addString(key.name().text());
  }

  private static List<Output> outputs(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(OutputStore::output).toList();
  }

  private static OutputKey key(Row row) {
    return new OutputKey(
        new TeamId(row.getString("team")),
        new RunName(row.getString("run")),
        new RunName(row.getString("job")),
        row.getInteger("attempt"),
        new RunName(row.getString("name")));
  }

  private static Output output(Row row) {
    return new Output(
        key(row),
        OutputState.of(row.getString("state")),
        new DatasetId(row.getString("dataset")),
        Optional.ofNullable(row.getString("message")),
        Arrays.stream(row.getArrayOfStrings("tags")).map(TagName::new).toList(),
        Optional.ofNullable(row.getString("version")).map(VersionId::new),
        Optional.ofNullable(row.getBuffer("digest")).map(b -> Sha256.ofBytes(b.getBytes())),
        Optional.ofNullable(row.getString("reason")));
  }
}
