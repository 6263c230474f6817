package io.moraine.dataset.tag;

import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

@ApplicationScoped
class TagStore {
  private static final String COMMITTED =
      """
      SELECT state = 'committed' AS committed FROM version
      WHERE dataset = $1 AND id = $2 AND state <> 'deleting' FOR SHARE
      """;

  /** No row when the tag points there already. */
  private static final String SET =
      """
      INSERT INTO tag AS t (dataset, name, version) VALUES ($1, $2, $3)
      ON CONFLICT (dataset, name)
      DO UPDATE SET version = excluded.version, previous = t.version, modified_at = now()
        WHERE t.version <> excluded.version
      RETURNING previous
      """;

  private static final String SHOWN =
      """
      SELECT t.name, t.version, v.message, t.created_at, t.modified_at
      FROM tag t JOIN version v ON v.dataset = t.dataset AND v.id = t.version
      WHERE t.dataset = $1
      """;
  private static final String GET = SHOWN + " AND t.name = $2";
  private static final String LOCK = GET + " FOR UPDATE OF t";
  private static final String LIST = SHOWN + " ORDER BY %s LIMIT $2 OFFSET $3";
  private static final String DELETE = "DELETE FROM tag WHERE dataset = $1 AND name = $2";

  /** A tag that was set anew, or that moved away from {@code previous}. */
  record Moved(Optional<VersionId> previous) {}

  private final Pool database;

  TagStore(Pool database) {
    this.database = database;
  }

  /** Locks the version against deletion; whether it is committed, or empty when there is none. */
  Uni<Optional<Boolean>> isCommitted(Transaction tx, DatasetId dataset, VersionId version) {
    return tx.preparedQuery(COMMITTED)
        .execute(Tuple.of(dataset.text(), version.text()))
        .map(rows -> stream(rows).findFirst().map(row -> row.getBoolean("committed")));
  }

  /** Empty when nothing changed. */
  Uni<Optional<Moved>> set(Transaction tx, DatasetId dataset, TagName tag, VersionId version) {
    return tx.preparedQuery(SET)
        .execute(Tuple.of(dataset.text(), tag.text(), version.text()))
        .map(
            rows ->
                stream(rows)
                    .findFirst()
                    .map(
                        row ->
                            new Moved(
                                Optional.ofNullable(row.getString("previous"))
                                    .map(VersionId::new))));
  }

  Uni<Boolean> delete(Transaction tx, DatasetId dataset, TagName tag) {
    return tx.preparedQuery(DELETE)
        .execute(Tuple.of(dataset.text(), tag.text()))
        .map(rows -> rows.rowCount() == 1);
  }

  Uni<Optional<Tag>> get(DatasetId dataset, String tag) {
    return database
        .preparedQuery(GET)
        .execute(Tuple.of(dataset.text(), tag))
        .map(rows -> stream(rows).findFirst().map(TagStore::tag));
  }

  /** Locks the tag against whoever would move it. */
  Uni<Optional<Tag>> lock(Transaction tx, DatasetId dataset, TagName tag) {
    return tx.preparedQuery(LOCK)
        .execute(Tuple.of(dataset.text(), tag.text()))
        .map(rows -> stream(rows).findFirst().map(TagStore::tag));
  }

  /** {@code orderBy} is SQL of our own making. */
  Uni<List<Tag>> list(DatasetId dataset, String orderBy, int limit, int skip) {
    return database
        .preparedQuery(LIST.formatted(orderBy))
        .execute(Tuple.of(dataset.text(), limit, skip))
        .map(rows -> stream(rows).map(TagStore::tag).toList());
  }

  private static Tag tag(Row row) {
    return new Tag(
        new TagName(row.getString("name")),
        new Tag.TaggedVersion(row.getString("version"), row.getString("message")),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("modified_at").toInstant());
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
