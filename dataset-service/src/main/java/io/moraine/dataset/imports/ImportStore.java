package io.moraine.dataset.imports;

import io.moraine.dataset.version.VersionKey;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.ImportId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The tables {@code import} and {@code import_piece}. What a worker says of an import counts only
 * while the import is its own.
 */
@ApplicationScoped
class ImportStore {
  private static final String COLUMNS =
      " id, number, team, dataset, state, source, secret, message, tags, on_latest, directory,"
          + " cancelling, version, revision, done_key, done_files, done_bytes, files, bytes,"
          + " total_bytes, reason, tries, created_at, modified_at, ended_at ";

  private static final String INSERT =
      "INSERT INTO import (id, team, dataset, source, secret, message, tags, on_latest, directory)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING"
          + COLUMNS;

  private static final String PAGE =
      "SELECT"
          + COLUMNS
          + "FROM import WHERE dataset = $1 AND number < $2 ORDER BY number DESC LIMIT $3";

  /** Of every team its first, then every team's second, those that run counted. */
  private static final String DUE =
      """
      WITH running AS (
        SELECT team, count(*) AS imports FROM import
        WHERE owner IS NOT NULL AND lease_until > now() GROUP BY team
      ), free AS (
        SELECT id, number, team, row_number() OVER (PARTITION BY team ORDER BY number) AS place FROM import
        WHERE ended_at IS NULL AND (lease_until IS NULL OR lease_until <= now())
      )
      SELECT free.id FROM free LEFT JOIN running USING (team)
      ORDER BY free.place + coalesce(running.imports, 0), free.number LIMIT $1
      """;

  private static final String CLAIM =
      """
      UPDATE import SET owner = $2, lease_until = now() + make_interval(secs => $3), tries = tries + 1,
        state = CASE WHEN state = 'queued' THEN 'running' ELSE state END, modified_at = now()
      WHERE id = $1 AND ended_at IS NULL AND (lease_until IS NULL OR lease_until <= now())
      RETURNING
      """
          + COLUMNS;

  /** Whoever comes further begins to count its tries anew. */
  private static final String SAVE =
      """
      UPDATE import SET lease_until = now() + make_interval(secs => $3), files = $4, bytes = $5, total_bytes = $6,
        tries = CASE WHEN done_key IS DISTINCT FROM $7 THEN 1 ELSE tries END,
        done_key = $7, done_files = $8, done_bytes = $9, reason = '',
        modified_at = CASE WHEN files <> $4 OR bytes <> $5 THEN now() ELSE modified_at END
      WHERE id = $1 AND owner = $2
      RETURNING cancelling
      """;

  private static final String BEGUN =
      """
      UPDATE import SET version = $3, revision = NULL, done_key = NULL, done_files = 0, done_bytes = 0, files = 0,
        bytes = 0, total_bytes = NULL
      WHERE id = $1 AND owner = $2 AND state = 'running'
      """;

  private static final String COMMITTING =
      """
      UPDATE import SET state = 'committing', files = $3, bytes = $4, total_bytes = $5, commit_message = $6,
        modified_at = now()
      WHERE id = $1 AND owner = $2 AND state = 'running' AND NOT cancelling
      """;

  private static final String END =
      """
      WITH forgotten AS (DELETE FROM import_piece WHERE import = $1)
      UPDATE import SET state = $3, reason = $4, secret = NULL, owner = NULL, lease_until = NULL,
        modified_at = now(), ended_at = now()
      WHERE id = $1 AND owner = $2 AND ended_at IS NULL
      """;

  private static final String LATER =
      """
      UPDATE import SET owner = NULL, lease_until = now() + make_interval(secs => $3), reason = $4, modified_at = now()
      WHERE id = $1 AND owner = $2
      """;

  /** One that nobody has begun ends at once; of another, its worker hears. */
  private static final String CANCEL =
      """
      UPDATE import SET cancelling = true, modified_at = now(),
        state = CASE WHEN version IS NULL AND owner IS NULL THEN 'cancelled' ELSE state END,
        ended_at = CASE WHEN version IS NULL AND owner IS NULL THEN now() END,
        secret = CASE WHEN version IS NULL AND owner IS NULL THEN NULL ELSE secret END,
        lease_until = CASE WHEN owner IS NULL THEN NULL ELSE lease_until END
      WHERE id = $1 AND dataset = $2 AND state IN ('queued', 'running')
      RETURNING
      """
          + COLUMNS;

  private static final String ADD_PIECES =
      """
      WITH further AS (UPDATE import SET tries = 1 WHERE id = $1)
      INSERT INTO import_piece (import, path, number, digest)
      SELECT $1, $2, $3 + n - 1, digest FROM unnest($4::bytea[]) WITH ORDINALITY AS p (digest, n)
      ON CONFLICT (import, path, number) DO UPDATE SET digest = excluded.digest
      """;

  private static final String FORGET_OLD =
      """
      DELETE FROM import WHERE id IN (
        SELECT id FROM import WHERE ended_at < now() - make_interval(secs => $1) ORDER BY ended_at LIMIT 1000)
      """;

  /** An import that this worker has, as it was when it got it. */
  record Claimed(
      Import view,
      TeamId team,
      Optional<byte[]> sealedSource,
      boolean onLatest,
      String directory,
      boolean cancelling,
      Optional<VersionKey> version,
      Checkpoint done,
      int tries) {}

  private final Pool pool;

  ImportStore(Pool pool) {
    this.pool = pool;
  }

  Uni<Import> insert(
      Transaction tx,
      ImportId id,
      TeamId team,
      DatasetId dataset,
      NewImport wanted,
      Optional<byte[]> sealedSource) {
    Tuple parameters =
        Tuple.of(
                id.text(),
                team.text(),
                dataset.text(),
                new JsonObject(wanted.source().masked().encode()),
                sealedSource.map(Buffer::buffer).orElse(null),
                wanted.message())
            .addArrayOfString(wanted.tags().stream().map(TagName::text).toArray(String[]::new))
            .addBoolean(wanted.onLatest())
            .addString(wanted.directory());
    return tx.preparedQuery(INSERT).execute(parameters).map(rows -> first(rows).orElseThrow());
  }

  /** How many of the team's have not ended; others that add to them wait for {@code tx}. */
  Uni<Integer> unended(Transaction tx, TeamId team) {
    return tx.preparedQuery("SELECT FROM team WHERE id = $1 FOR UPDATE")
        .execute(Tuple.of(team.text()))
        .chain(
            () ->
                tx.preparedQuery(
                        "SELECT count(*) AS imports FROM import WHERE team = $1 AND ended_at IS"
                            + " NULL")
                    .execute(Tuple.of(team.text())))
        .map(rows -> rows.iterator().next().getInteger("imports"));
  }

  Uni<Optional<Import>> find(DatasetId dataset, String id) {
    return pool.preparedQuery("SELECT" + COLUMNS + "FROM import WHERE id = $1 AND dataset = $2")
        .execute(Tuple.of(id, dataset.text()))
        .map(this::first);
  }

  /** As {@link #find}, in a transaction. */
  Uni<Optional<Import>> find(Transaction tx, ImportId id) {
    return tx.preparedQuery("SELECT" + COLUMNS + "FROM import WHERE id = $1")
        .execute(Tuple.of(id.text()))
        .map(this::first);
  }

  /** An import and its place in the list. */
  record Placed(Import view, long number) {}

  /** Up to {@code limit} that were wanted before {@code number}, the newest first. */
  Uni<List<Placed>> page(DatasetId dataset, long number, int limit) {
    return pool.preparedQuery(PAGE)
        .execute(Tuple.of(dataset.text(), number, limit))
        .map(
            rows -> stream(rows).map(row -> new Placed(view(row), row.getLong("number"))).toList());
  }

  /** What somebody may begin or go on with, up to {@code limit}. */
  Uni<List<ImportId>> due(int limit) {
    return pool.preparedQuery(DUE)
        .execute(Tuple.of(limit))
        .map(rows -> stream(rows).map(row -> new ImportId(row.getString("id"))).toList());
  }

  /** Takes the import for {@code owner}; none when it has ended or somebody has it. */
  Uni<Optional<Claimed>> claim(ImportId id, UUID owner, Duration lease) {
    return pool.preparedQuery(CLAIM)
        .execute(Tuple.of(id.text(), owner, seconds(lease)))
        .map(rows -> stream(rows).findFirst().map(this::claimed));
  }

  /**
   * Keeps the import for {@code owner}, and says how far it is. Whether somebody wants it to end;
   * none when it is {@code owner}'s no more.
   */
  Uni<Optional<Boolean>> save(ImportId id, UUID owner, Duration lease, ImportRun.Position now) {
    Tuple parameters =
        Tuple.of(id.text(), owner, seconds(lease), now.files(), now.bytes())
            .addLong(now.totalBytes().orElse(null))
            .addString(now.done().key().orElse(null))
            .addLong(now.done().files())
            .addLong(now.done().bytes());
    return pool.preparedQuery(SAVE)
        .execute(parameters)
        .map(rows -> stream(rows).findFirst().map(row -> row.getBoolean("cancelling")));
  }

  /** Says which draft it fills from now on, and that nothing is in it; whether that was taken. */
  Uni<Boolean> begun(Transaction tx, ImportId id, UUID owner, VersionId version) {
    return tx.preparedQuery(BEGUN)
        .execute(Tuple.of(id.text(), owner, version.text()))
        .map(rows -> rows.rowCount() == 1)
        .call(
            () ->
                tx.preparedQuery("DELETE FROM import_piece WHERE import = $1")
                    .execute(Tuple.of(id.text())));
  }

  Uni<Void> pin(ImportId id, UUID owner, String revision) {
    return pool.preparedQuery("UPDATE import SET revision = $3 WHERE id = $1 AND owner = $2")
        .execute(Tuple.of(id.text(), owner, revision))
        .replaceWithVoid();
  }

  /** From now on nothing stops it; false when somebody wanted that before. */
  Uni<Boolean> committing(ImportId id, UUID owner, ImportRun.Position now, String message) {
    return pool.preparedQuery(COMMITTING)
        .execute(
            Tuple.of(
                id.text(), owner, now.files(), now.bytes(), now.totalBytes().orElse(null), message))
        .map(rows -> rows.rowCount() == 1);
  }

  /** What {@link #committing} was told that the version says. */
  Uni<String> commitMessage(ImportId id) {
    return pool.preparedQuery("SELECT commit_message FROM import WHERE id = $1")
        .execute(Tuple.of(id.text()))
        .map(rows -> rows.iterator().next().getString("commit_message"));
  }

  /** Whether somebody wants it to end that {@code owner} has. */
  Uni<Boolean> isCancelling(ImportId id, UUID owner) {
    return pool.preparedQuery(
            "SELECT FROM import WHERE id = $1 AND owner = $2 AND cancelling AND state <>"
                + " 'committing'")
        .execute(Tuple.of(id.text(), owner))
        .map(rows -> rows.size() == 1);
  }

  /** Whether it ended by this call. */
  Uni<Boolean> end(ImportId id, UUID owner, ImportState end, String reason) {
    return pool.preparedQuery(END)
        .execute(Tuple.of(id.text(), owner, end.text(), reason))
        .map(rows -> rows.rowCount() == 1);
  }

  /** Lets go of it, for somebody to go on after {@code pause}. */
  Uni<Void> later(ImportId id, UUID owner, Duration pause, String reason) {
    return pool.preparedQuery(LATER)
        .execute(Tuple.of(id.text(), owner, seconds(pause), reason))
        .replaceWithVoid();
  }

  /** None when it is too late, or there is no such import. */
  Uni<Optional<Import>> cancel(DatasetId dataset, String id) {
    return pool.preparedQuery(CANCEL).execute(Tuple.of(id, dataset.text())).map(this::first);
  }

  /** The pieces of the file at {@code path} that are stored, from its first on. */
  Uni<List<Sha256>> pieces(ImportId id, FilePath path) {
    return pool.preparedQuery(
            "SELECT digest FROM import_piece WHERE import = $1 AND path = $2 ORDER BY number")
        .execute(Tuple.of(id.text(), path.toString()))
        .map(
            rows ->
                stream(rows)
                    .map(row -> Sha256.ofBytes(row.getBuffer("digest").getBytes()))
                    .toList());
  }

  Uni<Void> addPieces(ImportId id, FilePath path, int from, List<Sha256> pieces) {
    return pool.preparedQuery(ADD_PIECES)
        .execute(
            Tuple.newInstance(
                io.vertx.sqlclient.Tuple.of(id.text(), path.toString(), from)
                    .addArrayOfBuffer(
                        pieces.stream()
                            .map(piece -> Buffer.buffer(piece.toBytes()))
                            .toArray(Buffer[]::new))))
        .replaceWithVoid();
  }

  Uni<Void> forgetPieces(ImportId id, FilePath path) {
    return pool.preparedQuery("DELETE FROM import_piece WHERE import = $1 AND path = $2")
        .execute(Tuple.of(id.text(), path.toString()))
        .replaceWithVoid();
  }

  /** Forgets imports that ended so long ago, a thousand at most. */
  Uni<Void> forgetEnded(Duration age) {
    return pool.preparedQuery(FORGET_OLD).execute(Tuple.of(seconds(age))).replaceWithVoid();
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private Optional<Import> first(RowSet<Row> rows) {
    return stream(rows).findFirst().map(this::view);
  }

  private Import view(Row row) {
    ImportState state = ImportState.of(row.getString("state"));
    String directory = row.getString("directory");
    return new Import(
        new ImportId(row.getString("id")),
        new DatasetId(row.getString("dataset")),
        state,
        SourceSpec.decode(row.getJsonObject("source").encode()),
        row.getString("message"),
        Arrays.stream(row.getArrayOfStrings("tags")).map(TagName::new).toList(),
        row.getBoolean("on_latest") ? Optional.of("latest") : Optional.empty(),
        Optional.of(directory).filter(d -> !d.isEmpty()),
        new Import.Progress(
            row.getLong("files"),
            row.getLong("bytes"),
            Optional.ofNullable(row.getLong("total_bytes"))),
        Optional.ofNullable(row.getString("revision")),
        Optional.ofNullable(row.getString("version"))
            .filter(version -> state == ImportState.DONE)
            .map(VersionId::new),
        Optional.of(row.getString("reason")).filter(reason -> !reason.isEmpty()),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("modified_at").toInstant(),
        Optional.ofNullable(row.getOffsetDateTime("ended_at")).map(OffsetDateTime::toInstant));
  }

  private Claimed claimed(Row row) {
    Import view = view(row);
    return new Claimed(
        view,
        new TeamId(row.getString("team")),
        Optional.ofNullable(row.getBuffer("secret")).map(bytes -> bytes.getBytes()),
        row.getBoolean("on_latest"),
        row.getString("directory"),
        row.getBoolean("cancelling"),
        Optional.ofNullable(row.getString("version"))
            .map(version -> new VersionKey(view.dataset(), new VersionId(version))),
        new Checkpoint(
            Optional.ofNullable(row.getString("done_key")),
            row.getLong("done_files"),
            row.getLong("done_bytes")),
        row.getInteger("tries"));
  }
}
