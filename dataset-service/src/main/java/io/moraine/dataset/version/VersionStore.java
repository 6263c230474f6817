package io.moraine.dataset.version;

import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.content.Store;
import io.moraine.events.dataset.Origin;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The table {@code version}, but for what the commit does to it ({@link CommitStore}). */
@ApplicationScoped
class VersionStore {
  /** Of a version {@code v} and its dataset {@code d}; {@link #version(Row)} reads them. */
  static final String COLUMNS =
      """
       v.team, v.dataset, v.id, d.provider, v.state, v.message, v.requested_tags,
       v.base, v.base_digest, v.base_files, v.base_bytes,
       v.origin_run, v.origin_job, v.origin_output, v.origin_attempt,
       v.created_at, v.modified_at, v.committed_at, v.recorded_sequence, v.digest, v.files, v.bytes,
       ARRAY(SELECT t.name FROM tag t WHERE t.dataset = v.dataset AND t.version = v.id ORDER BY t.name) AS tags
      """;

  private static final String CREATE =
      """
      WITH base AS (
        SELECT id, digest, files, bytes FROM version WHERE dataset = $2 AND id = $10 AND state = 'committed' FOR SHARE
      ), made AS (
        INSERT INTO version (team, dataset, id, message, requested_tags,
                             origin_run, origin_job, origin_output, origin_attempt,
                             base, base_digest, base_files, base_bytes)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, base.id, base.digest, base.files, base.bytes
        FROM (SELECT) AS one LEFT JOIN base ON true
        WHERE $10::text IS NULL OR base.id IS NOT NULL
        ON CONFLICT DO NOTHING
        RETURNING *
      )
      SELECT
      """
          + COLUMNS
          + "FROM made v JOIN dataset d ON d.id = v.dataset";

  private static final String BY_ORIGIN =
      "SELECT"
          + COLUMNS
          + """
            FROM version v JOIN dataset d ON d.id = v.dataset
            WHERE v.team = $1 AND v.dataset = $2 AND v.state <> 'deleting'
              AND v.origin_run = $3 AND v.origin_job = $4 AND v.origin_output = $5 AND v.origin_attempt = $6
            """;

  private static final String LIST =
      "SELECT"
          + COLUMNS
          + """
            FROM version v JOIN dataset d ON d.id = v.dataset
            WHERE v.dataset = $1 AND v.state <> 'deleting' AND ($2::boolean IS NULL OR (v.state = 'committed') = $2)
            ORDER BY %s LIMIT $3 OFFSET $4
            """;

  private static final String EDIT_MESSAGE =
      """
      UPDATE version v SET message = $3, message_edited = (v.state = 'committed'), modified_at = now()
      FROM dataset d
      WHERE d.id = v.dataset AND v.dataset = $1 AND v.id = $2 AND v.state IN ('open', 'committed')
      RETURNING
      """
          + COLUMNS;

  private static final String HOLDERS =
      """
      SELECT holder AS name FROM hold
      WHERE dataset = $1 AND version = $2 AND expires_at > now() ORDER BY holder LIMIT 20
      """;
  private static final String TAGS =
      "SELECT name FROM tag WHERE dataset = $1 AND version = $2 ORDER BY name LIMIT 20";

  private static final String DELETING =
      """
      WITH expired AS (DELETE FROM hold WHERE dataset = $1 AND version = $2)
      UPDATE version SET state = 'deleting', modified_at = now() WHERE dataset = $1 AND id = $2
      """;

  private static final String ABANDONED =
      """
      SELECT FROM version WHERE dataset = $1 AND id = $2 AND state = 'open'
        AND touched_at <= now() - make_interval(secs => $3)
      """;

  private static final String CLEAR =
      """
      DELETE FROM staged_change WHERE dataset = $1 AND version = $2
        AND EXISTS (SELECT FROM version WHERE dataset = $1 AND id = $2 AND state IN ('committed', 'deleting'))
      """;

  private static final String UNFINISHED =
      """
      SELECT dataset, id FROM version v
      WHERE (state IN ('committing', 'deleting') OR (state = 'committed' AND staged))
        AND NOT EXISTS (SELECT FROM dataset d WHERE d.id = v.dataset AND d.provider = ANY ($1))
      ORDER BY tried_at NULLS FIRST, dataset, id LIMIT 100
      """;

  private static final String FAILED =
      "UPDATE version SET tried_at = now() WHERE dataset = $1 AND id = $2";

  /** Longer than any commit takes that comes to its end. */
  private static final String STUCK =
      """
      SELECT FROM version
      WHERE dataset = $1 AND id = $2 AND state = 'committing' AND committed_at <= now() - interval '15 minutes'
      """;

  private final Pool pool;

  VersionStore(Pool pool) {
    this.pool = pool;
  }

  /** The version of this key, whatever its state and its dataset's. */
  Uni<Optional<Version>> find(VersionKey key) {
    return pool.preparedQuery(
            "SELECT"
                + COLUMNS
                + "FROM version v JOIN dataset d ON d.id = v.dataset WHERE v.dataset = $1 AND v.id = $2")
        .execute(parameters(key))
        .map(VersionStore::first);
  }

  /**
   * Makes an open version; none when one of this origin is there, the random id is taken, or the
   * base is gone. The base stays until {@code tx} ends, and what is below its root stays as long as
   * the new version.
   */
  Uni<Optional<Version>> create(
      Transaction tx, TeamId team, DatasetId dataset, NewVersion wanted, Optional<VersionId> base) {
    Tuple parameters =
        Tuple.of(team.text(), dataset.text(), VersionId.random().text(), wanted.message())
            .addArrayOfString(wanted.tags().stream().map(TagName::text).toArray(String[]::new));
    addOrigin(parameters, wanted.origin());
    parameters.addString(base.map(VersionId::text).orElse(null));
    return tx.preparedQuery(CREATE).execute(parameters).map(VersionStore::first);
  }

  /** The version of this origin, seen by {@code tx} once whoever made it has committed. */
  Uni<Optional<Version>> findByOrigin(
      Transaction tx, TeamId team, DatasetId dataset, Origin origin) {
    Tuple parameters = Tuple.of(team.text(), dataset.text());
    addOrigin(parameters, Optional.of(origin));
    return tx.preparedQuery(BY_ORIGIN).execute(parameters).map(VersionStore::first);
  }

  private static void addOrigin(Tuple parameters, Optional<Origin> origin) {
    parameters
        .addString(origin.map(o -> o.run().text()).orElse(null))
        .addString(origin.map(o -> o.job().text()).orElse(null))
        .addString(origin.map(o -> o.output().text()).orElse(null))
        .addInteger(origin.map(Origin::attempt).orElse(null));
  }

  /**
   * A page of the dataset's versions.
   *
   * @param committed whether only committed ones, or only others; absent means all
   * @param orderBy SQL of our own making
   */
  Uni<List<Version>> list(
      DatasetId dataset, Optional<Boolean> committed, String orderBy, int limit, int skip) {
    return pool.preparedQuery(LIST.formatted(orderBy))
        .execute(Tuple.of(dataset.text(), committed.orElse(null), limit, skip))
        .map(rows -> stream(rows).map(VersionStore::version).toList());
  }

  /** None while it is being committed or deleted. */
  Uni<Optional<Version>> editMessage(Transaction tx, VersionKey key, String message) {
    return tx.preparedQuery(EDIT_MESSAGE)
        .execute(parameters(key).addString(message))
        .map(VersionStore::first);
  }

  /** Locks the version's row against whoever would hold, tag, commit or delete it. */
  Uni<Optional<Version>> lock(Transaction tx, VersionKey key) {
    return tx.preparedQuery(
            "SELECT"
                + COLUMNS
                + """
                  FROM version v JOIN dataset d ON d.id = v.dataset
                  WHERE v.dataset = $1 AND v.id = $2 FOR UPDATE OF v
                  """)
        .execute(parameters(key))
        .map(VersionStore::first);
  }

  /** Fails with 412 unless the version is as {@code precondition} says; locks it until the end. */
  Uni<Void> require(Transaction tx, VersionKey key, Precondition precondition) {
    return precondition.isGiven()
        ? require(tx, key)
            .invoke(now -> precondition.require("Version " + key, Optional.of(now.entityTag())))
            .replaceWithVoid()
        : Uni.createFrom().voidItem();
  }

  /** As {@link #lock}; fails with a 404 when there is none, or none any more. */
  Uni<Version> require(Transaction tx, VersionKey key) {
    return lock(tx, key)
        .map(found -> found.filter(version -> version.state() != VersionState.DELETING))
        .map(
            found ->
                found.orElseThrow(
                    () -> new RequestProblem.NotFound("version", key.toString()).exception()));
  }

  /** Who holds it now; at most 20. */
  Uni<List<String>> holders(Transaction tx, VersionKey key) {
    return tx.preparedQuery(HOLDERS).execute(parameters(key)).map(VersionStore::names);
  }

  /** The tags that point at it; at most 20. */
  Uni<List<String>> tags(Transaction tx, VersionKey key) {
    return tx.preparedQuery(TAGS).execute(parameters(key)).map(VersionStore::names);
  }

  /** Whether it is open and nothing was put into it for so long. */
  Uni<Boolean> isAbandoned(Transaction tx, VersionKey key, Duration time) {
    return tx.preparedQuery(ABANDONED)
        .execute(parameters(key).addDouble((double) time.toSeconds()))
        .map(rows -> rows.size() > 0);
  }

  Uni<Void> markDeleting(Transaction tx, VersionKey key) {
    return tx.preparedQuery(DELETING).execute(parameters(key)).replaceWithVoid();
  }

  /** Drops what is staged for a version that has no use for it, in whatever hands it is by now. */
  Uni<Void> clear(VersionKey key) {
    return pool.preparedQuery(CLEAR).execute(parameters(key)).replaceWithVoid();
  }

  /** Removes a version that is being deleted and has nothing staged; whether it was there. */
  Uni<Boolean> remove(Transaction tx, VersionKey key) {
    return tx.preparedQuery(
            "DELETE FROM version WHERE dataset = $1 AND id = $2 AND state = 'deleting'")
        .execute(parameters(key))
        .map(rows -> rows.rowCount() == 1);
  }

  /** Whether it has been committing for so long that it may never come to its end. */
  Uni<Boolean> isStuck(Transaction tx, VersionKey key) {
    return tx.preparedQuery(STUCK).execute(parameters(key)).map(rows -> rows.size() > 0);
  }

  /** Has the others come first among {@link #unfinished}. */
  Uni<Void> noteFailed(VersionKey key) {
    return pool.preparedQuery(FAILED).execute(parameters(key)).replaceWithVoid();
  }

  /**
   * Up to 100 versions that somebody has to roll forward, those first that nobody failed with;
   * those of {@code down} can wait.
   */
  Uni<List<VersionKey>> unfinished(List<ProviderId> down) {
    return pool.preparedQuery(UNFINISHED)
        .execute(Tuple.of(down.stream().map(ProviderId::text).toArray(String[]::new)))
        .map(rows -> stream(rows).map(VersionStore::key).toList());
  }

  static Tuple parameters(VersionKey key) {
    return Tuple.of(key.dataset().text(), key.version().text());
  }

  static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  static Optional<Version> first(RowSet<Row> rows) {
    return stream(rows).findFirst().map(VersionStore::version);
  }

  private static List<String> names(RowSet<Row> rows) {
    return stream(rows).map(row -> row.getString("name")).toList();
  }

  private static VersionKey key(Row row) {
    return new VersionKey(
        new DatasetId(row.getString("dataset")), new VersionId(row.getString("id")));
  }

  private static Version version(Row row) {
    return new Version(
        key(row),
        new Store(new TeamId(row.getString("team")), new ProviderId(row.getString("provider"))),
        VersionState.of(row.getString("state")),
        row.getString("message"),
        tagNames(row, "tags"),
        tagNames(row, "requested_tags"),
        root(row, "digest", "files", "bytes"),
        Optional.ofNullable(row.getString("base")).map(VersionId::new),
        root(row, "base_digest", "base_files", "base_bytes").orElse(VersionRoot.EMPTY),
        Optional.ofNullable(row.getString("origin_run")).map(run -> origin(run, row)),
        instant(row, "created_at").orElseThrow(),
        instant(row, "modified_at").orElseThrow(),
        instant(row, "committed_at"),
        Optional.ofNullable(row.getLong("recorded_sequence")).orElse(0L));
  }

  private static Optional<VersionRoot> root(Row row, String digest, String files, String bytes) {
    return Optional.ofNullable(row.getBuffer(digest))
        .map(
            d ->
                new VersionRoot(
                    Sha256.ofBytes(d.getBytes()), row.getLong(files), row.getLong(bytes)));
  }

  private static Origin origin(String run, Row row) {
    return new Origin(
        new RunName(run),
        new RunName(row.getString("origin_job")),
        new RunName(row.getString("origin_output")),
        row.getInteger("origin_attempt"));
  }

  private static List<TagName> tagNames(Row row, String column) {
    return Arrays.stream(row.getArrayOfStrings(column)).map(TagName::new).toList();
  }

  private static Optional<Instant> instant(Row row, String column) {
    return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
  }
}
