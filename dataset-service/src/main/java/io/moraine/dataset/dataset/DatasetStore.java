package io.moraine.dataset.dataset;

import io.moraine.dataset.content.Store;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

@ApplicationScoped
class DatasetStore {
  private static final String UNIQUE_VIOLATION = "23505";
  private static final String COLUMNS =
      "team, id, name, description, provider, keep_last, keep_younger_than_days, keep_tagged,"
          + " is_public, created_at, modified_at";

  /** A name is never shaped like an id, so at most one row fits. */
  private static final String NAMED = " team = $1 AND state = 'live' AND (id = $2 OR name = $2)";

  private static final String FIND = "SELECT " + COLUMNS + " FROM dataset WHERE" + NAMED;
  private static final String VISIBLE =
      "SELECT "
          + COLUMNS
          + """
             FROM dataset WHERE state = 'live'
              AND (team = $1 AND (id = $2 OR name = $2) OR is_public AND id = $2)
            """;
  private static final String PUBLISHED =
      "SELECT "
          + COLUMNS
          + """
             FROM dataset WHERE state = 'live' AND (id = $3 OR name = $3) AND (is_public OR team = $1)
              AND team = (SELECT id FROM team WHERE id = $2 OR name = $2 ORDER BY id = $2 DESC LIMIT 1)
            """;
  private static final String LIST_PUBLIC =
      "SELECT "
          + COLUMNS
          + " FROM dataset WHERE is_public AND state = 'live' ORDER BY %s LIMIT $1 OFFSET $2";
  private static final String LOCK = "SELECT id FROM dataset WHERE" + NAMED + " FOR SHARE";
  private static final String LOCK_ROW = FIND + " FOR UPDATE";
  private static final String LIST =
      "SELECT "
          + COLUMNS
          + " FROM dataset WHERE team = $1 AND state = 'live' ORDER BY %s LIMIT $2 OFFSET $3";
  private static final String PAGE =
      "SELECT "
          + COLUMNS
          + """
             FROM dataset
            WHERE team = $1 AND state = 'live' AND id COLLATE "C" > $2 AND starts_with(id, $3)
            ORDER BY id COLLATE "C" LIMIT $4
            """;
  private static final String INSERT =
      """
      INSERT INTO dataset (id, team, provider, name, description, is_public) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (team, name) WHERE state = 'live' DO NOTHING
      RETURNING %s
      """
          .formatted(COLUMNS);
  private static final String UPDATE =
      "UPDATE dataset SET name = coalesce($3, name), description = coalesce($4, description),"
          + " keep_last = CASE WHEN $5 THEN $6 ELSE keep_last END,"
          + " keep_younger_than_days = CASE WHEN $5 THEN $7 ELSE keep_younger_than_days END,"
          + " keep_tagged = CASE WHEN $5 THEN $8 ELSE keep_tagged END,"
          + " is_public = coalesce($9, is_public),"
          + " modified_at = now() WHERE"
          + NAMED
          + " RETURNING "
          + COLUMNS;
  private static final String HIDE =
      "UPDATE dataset SET state = 'deleting', modified_at = now() WHERE"
          + NAMED
          + " RETURNING "
          + COLUMNS;
  private static final String HIDE_VERSIONS =
      "UPDATE version SET state = 'deleting' WHERE dataset = $1 AND state <> 'deleting'";
  private static final String FIRST_HOLD =
      """
      SELECT version, holder, expires_at FROM hold
      WHERE dataset = $1 AND expires_at > clock_timestamp()
      ORDER BY expires_at DESC LIMIT 1
      """;
  private static final String DROP_TAGS = "DELETE FROM tag WHERE dataset = $1";
  private static final String DROP_EXPIRED_HOLDS = "DELETE FROM hold WHERE dataset = $1";
  private static final String EMPTY_AND_HIDDEN =
      """
      SELECT id FROM dataset d WHERE state = 'deleting'
        AND NOT EXISTS (SELECT FROM version v WHERE v.dataset = d.id) AND provider <> ALL ($1)
      LIMIT 100
      """;
  private static final String EMPTY =
      """
      SELECT team, provider FROM dataset d WHERE id = $1 AND state = 'deleting'
        AND NOT EXISTS (SELECT FROM version v WHERE v.dataset = d.id)
      """;
  private static final String REMOVE =
      """
      DELETE FROM dataset d WHERE id = $1 AND state = 'deleting'
        AND NOT EXISTS (SELECT FROM version v WHERE v.dataset = d.id)
      RETURNING team, provider
      """;
  private static final String RECORDS_LIE =
      "UPDATE dataset_record_due SET provider = $2 WHERE dataset = $1";
  private static final String EXISTS = "SELECT FROM dataset WHERE id = $1";

  /** A hold that has not expired. */
  record LiveHold(String version, String holder, Instant until) {}

  private final Pool database;

  DatasetStore(Pool database) {
    this.database = database;
  }

  Uni<Optional<DatasetRow>> find(TeamId team, String idOrName) {
    return database
        .preparedQuery(FIND)
        .execute(Tuple.of(team.text(), idOrName))
        .map(DatasetStore::first);
  }

  /** As {@link #find}, but finds any public dataset by its id too. */
  Uni<Optional<DatasetRow>> findVisible(TeamId team, String idOrName) {
    return database
        .preparedQuery(VISIBLE)
        .execute(Tuple.of(team.text(), idOrName))
        .map(DatasetStore::first);
  }

  /** A dataset of the team that {@code namespace} means, if {@code team} may read it. */
  Uni<Optional<DatasetRow>> findPublished(TeamId team, String namespace, String idOrName) {
    return database
        .preparedQuery(PUBLISHED)
        .execute(Tuple.of(team.text(), namespace, idOrName))
        .map(DatasetStore::first);
  }

  /** {@code orderBy} is SQL of our own making. */
  Uni<List<DatasetRow>> listPublic(String orderBy, int limit, int skip) {
    return database
        .preparedQuery(LIST_PUBLIC.formatted(orderBy))
        .execute(Tuple.of(limit, skip))
        .map(rows -> stream(rows).map(DatasetRow::of).toList());
  }

  Uni<Optional<DatasetId>> lock(Transaction tx, TeamId team, String idOrName) {
    return tx.preparedQuery(LOCK)
        .execute(Tuple.of(team.text(), idOrName))
        .map(rows -> stream(rows).findFirst().map(row -> new DatasetId(row.getString("id"))));
  }

  /** Locks the row against whoever would change it. */
  Uni<Optional<DatasetRow>> lockRow(Transaction tx, TeamId team, String idOrName) {
    return tx.preparedQuery(LOCK_ROW)
        .execute(Tuple.of(team.text(), idOrName))
        .map(DatasetStore::first);
  }

  /** {@code orderBy} is SQL of our own making. */
  Uni<List<DatasetRow>> list(TeamId team, String orderBy, int limit, int skip) {
    return database
        .preparedQuery(LIST.formatted(orderBy))
        .execute(Tuple.of(team.text(), limit, skip))
        .map(rows -> stream(rows).map(DatasetRow::of).toList());
  }

  /** By id, from the one after {@code after} on. */
  Uni<List<DatasetRow>> page(TeamId team, String after, String prefix, int limit) {
    return database
        .preparedQuery(PAGE)
        .execute(Tuple.of(team.text(), after, prefix, limit))
        .map(rows -> stream(rows).map(DatasetRow::of).toList());
  }

  /** Empty when the name is taken. */
  Uni<Optional<DatasetRow>> insert(
      Transaction tx, TeamId team, ProviderId provider, NewDataset wanted) {
    return tx.preparedQuery(INSERT)
        .execute(
            Tuple.of(
                DatasetId.random().text(),
                team.text(),
                provider.text(),
                wanted.name().text(),
                wanted.description().orElse(""),
                wanted.isPublic().orElse(false)))
        .map(DatasetStore::first);
  }

  /** Empty when there is no such dataset; fails with NameTaken when the new name is. */
  Uni<Optional<DatasetRow>> update(
      Transaction tx, TeamId team, String idOrName, DatasetChange change) {
    Optional<DatasetName> name = change.name();
    Retention retention = change.retention().orElse(Retention.EVERYTHING);
    Tuple parameters =
        Tuple.of(
                team.text(),
                idOrName,
                name.map(DatasetName::text).orElse(null),
                change.description().orElse(null))
            .addBoolean(change.retention().isPresent())
            .addInteger(retention.keepLast().orElse(null))
            .addInteger(retention.keepYoungerThanDays().orElse(null))
            .addBoolean(retention.keepTagged().orElse(null))
            .addBoolean(change.isPublic().orElse(null));
    return tx.preparedQuery(UPDATE)
        .execute(parameters)
        .map(DatasetStore::first)
        .onFailure(DatasetStore::nameIsTaken)
        .transform(e -> new DatasetProblem.NameTaken(name.orElseThrow()).exception());
  }

  /** Turns the dataset, then its versions, to deleting; empty when there is no such dataset. */
  Uni<Optional<DatasetRow>> hide(Transaction tx, TeamId team, String idOrName) {
    return tx.preparedQuery(HIDE)
        .execute(Tuple.of(team.text(), idOrName))
        .map(DatasetStore::first)
        .call(
            hidden ->
                hidden
                    .map(row -> execute(tx, HIDE_VERSIONS, row.id()))
                    .orElseGet(() -> Uni.createFrom().voidItem()));
  }

  Uni<Optional<LiveHold>> liveHold(Transaction tx, DatasetId dataset) {
    return tx.preparedQuery(FIRST_HOLD)
        .execute(Tuple.of(dataset.text()))
        .map(
            rows ->
                stream(rows)
                    .findFirst()
                    .map(
                        row ->
                            new LiveHold(
                                row.getString("version"),
                                row.getString("holder"),
                                row.getOffsetDateTime("expires_at").toInstant())));
  }

  Uni<Void> dropTagsAndExpiredHolds(Transaction tx, DatasetId dataset) {
    return execute(tx, DROP_TAGS, dataset).chain(() -> execute(tx, DROP_EXPIRED_HOLDS, dataset));
  }

  /** Datasets whose last step is due; those of {@code down} can wait. */
  Uni<List<DatasetId>> emptyAndHidden(List<ProviderId> down) {
    return database
        .preparedQuery(EMPTY_AND_HIDDEN)
        .execute(Tuple.of(down.stream().map(ProviderId::text).toArray(String[]::new)))
        .map(rows -> stream(rows).map(row -> new DatasetId(row.getString("id"))).toList());
  }

  /** Where it lies, if it is hidden and its last step is due. */
  Uni<Optional<Store>> empty(DatasetId dataset) {
    return database
        .preparedQuery(EMPTY)
        .execute(Tuple.of(dataset.text()))
        .map(rows -> stream(rows).findFirst().map(DatasetStore::place));
  }

  private static Store place(Row row) {
    return new Store(new TeamId(row.getString("team")), new ProviderId(row.getString("provider")));
  }

  /** Whose it was and where it lay, when this call took it away. */
  Uni<Optional<Store>> remove(Transaction tx, DatasetId dataset) {
    return tx.preparedQuery(REMOVE)
        .execute(Tuple.of(dataset.text()))
        .map(rows -> stream(rows).findFirst().map(DatasetStore::place));
  }

  /** Leaves word, where the last event has made its record due, of where its records lie. */
  Uni<Void> noteRecords(Transaction tx, DatasetId dataset, ProviderId provider) {
    return tx.preparedQuery(RECORDS_LIE)
        .execute(Tuple.of(dataset.text(), provider.text()))
        .replaceWithVoid();
  }

  Uni<Boolean> exists(DatasetId dataset) {
    return database
        .preparedQuery(EXISTS)
        .execute(Tuple.of(dataset.text()))
        .map(rows -> rows.size() > 0);
  }

  private static Uni<Void> execute(Transaction tx, String sql, DatasetId dataset) {
    return tx.preparedQuery(sql).execute(Tuple.of(dataset.text())).replaceWithVoid();
  }

  private static boolean nameIsTaken(Throwable failure) {
    return failure instanceof PgException e && UNIQUE_VIOLATION.equals(e.getSqlState());
  }

  private static Optional<DatasetRow> first(RowSet<Row> rows) {
    return stream(rows).findFirst().map(DatasetRow::of);
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
