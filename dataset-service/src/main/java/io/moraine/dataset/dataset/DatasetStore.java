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
      "id, name, description, provider, keep_last, keep_younger_than_days, keep_tagged,"
          + " created_at, modified_at";

  /** A name is never shaped like an id, so at most one row fits. */
  private static final String NAMED = " team = $1 AND state = 'live' AND (id = $2 OR name = $2)";

  private static final String FIND = "SELECT " + COLUMNS + " FROM dataset WHERE" + NAMED;
  private static final String LOCK = "SELECT id FROM dataset WHERE" + NAMED + " FOR SHARE";
  private static final String LOCK_ROW = FIND + " FOR UPDATE";
  private static final String LIST =
      "SELECT "
          + COLUMNS
          + " FROM dataset WHERE team = $1 AND state = 'live' ORDER BY %s LIMIT $2 OFFSET $3";
  private static final String INSERT =
      """
      INSERT INTO dataset (id, team, provider, name, description) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (team, name) WHERE state = 'live' DO NOTHING
      RETURNING %s
      """
          .formatted(COLUMNS);
  private static final String UPDATE =
      "UPDATE dataset SET name = coalesce($3, name), description = coalesce($4, description),"
          + " keep_last = CASE WHEN $5 THEN $6 ELSE keep_last END,"
          + " keep_younger_than_days = CASE WHEN $5 THEN $7 ELSE keep_younger_than_days END,"
          + " keep_tagged = CASE WHEN $5 THEN $8 ELSE keep_tagged END,"
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
        AND NOT EXISTS (SELECT FROM version v WHERE v.dataset = d.id)
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
      RETURNING team
      """;
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

  /** Empty when the name is taken. */
  Uni<Optional<DatasetRow>> insert(
      Transaction tx, TeamId team, ProviderId provider, DatasetName name, String description) {
    return tx.preparedQuery(INSERT)
        .execute(
            Tuple.of(
                DatasetId.random().text(), team.text(), provider.text(), name.text(), description))
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
            .addBoolean(retention.keepTagged().orElse(null));
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

  /** Datasets whose last step is due. */
  Uni<List<DatasetId>> emptyAndHidden() {
    return database
        .preparedQuery(EMPTY_AND_HIDDEN)
        .execute()
        .map(rows -> stream(rows).map(row -> new DatasetId(row.getString("id"))).toList());
  }

  /** Where it lies, if it is hidden and its last step is due. */
  Uni<Optional<Store>> empty(DatasetId dataset) {
    return database
        .preparedQuery(EMPTY)
        .execute(Tuple.of(dataset.text()))
        .map(
            rows ->
                stream(rows)
                    .findFirst()
                    .map(
                        row ->
                            new Store(
                                new TeamId(row.getString("team")),
                                new ProviderId(row.getString("provider")))));
  }

  /** Whose it was, when this call took it away. */
  Uni<Optional<TeamId>> remove(Transaction tx, DatasetId dataset) {
    return tx.preparedQuery(REMOVE)
        .execute(Tuple.of(dataset.text()))
        .map(rows -> stream(rows).findFirst().map(row -> new TeamId(row.getString("team"))));
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
