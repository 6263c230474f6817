package io.moraine.dataset.announce;

import io.moraine.dataset.announce.Announcements.Missing;
import io.moraine.dataset.announce.Announcements.Outcome;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Writes and reads {@code announced_file}; staging a file deletes its row. */
@ApplicationScoped
class AnnouncedFileStore {
  private static final int MOST_NAMED = 100;

  /** Only new ones count against the limit: who puts failed files again is not refused. */
  private static final String ANNOUNCE =
      """
      WITH target AS (
        SELECT dataset, id FROM version WHERE dataset = $1 AND id = $2 AND state = 'open' FOR SHARE
      ), fresh AS (
        SELECT DISTINCT p.path COLLATE "C" AS path FROM unnest($3::text[]) AS p (path)
        WHERE NOT EXISTS (SELECT FROM announced_file WHERE dataset = $1 AND version = $2 AND path = p.path)
      ), room AS (
        SELECT (SELECT count(*) FROM announced_file WHERE dataset = $1 AND version = $2)
               + (SELECT count(*) FROM fresh) <= $4 AS enough
      ), announced AS (
        INSERT INTO announced_file (dataset, version, path)
        SELECT target.dataset, target.id, fresh.path FROM target, fresh, room
        WHERE room.enough ORDER BY fresh.path
        ON CONFLICT DO NOTHING
      )
      SELECT EXISTS (SELECT FROM target) AS open, enough FROM room
      """;

  private static final String MISSING =
      """
      SELECT path, count(*) OVER () AS count FROM announced_file
      WHERE dataset = $1 AND version = $2 ORDER BY path LIMIT %d
      """
          .formatted(MOST_NAMED);

  private static final String PAGE =
      """
      SELECT path, announced_at FROM announced_file
      WHERE dataset = $1 AND version = $2 AND path > $3 ORDER BY path LIMIT $4
      """;

  private static final String GIVE_UP =
      "DELETE FROM announced_file WHERE dataset = $1 AND version = $2";

  private final Pool pool;

  AnnouncedFileStore(Pool pool) {
    this.pool = pool;
  }

  Uni<Outcome> announce(
      DatasetId dataset, VersionId version, Collection<FilePath> paths, int most) {
    return pool.preparedQuery(ANNOUNCE)
        .execute(
            parameters(dataset, version)
                .addArrayOfString(paths.stream().map(FilePath::toString).toArray(String[]::new))
                .addLong((long) most))
        .map(rows -> outcome(rows.iterator().next()));
  }

  private static Outcome outcome(Row row) {
    if (!row.getBoolean("open")) {
      return Outcome.NOT_OPEN;
    }
    return row.getBoolean("enough") ? Outcome.ANNOUNCED : Outcome.TOO_MANY;
  }

  Uni<Missing> missing(Transaction tx, DatasetId dataset, VersionId version) {
    return tx.preparedQuery(MISSING)
        .execute(parameters(dataset, version))
        .map(
            rows ->
                new Missing(
                    rows.size() == 0 ? 0 : rows.iterator().next().getLong("count"),
                    stream(rows).map(AnnouncedFileStore::path).toList()));
  }

  Uni<List<AnnouncedFile>> page(
      DatasetId dataset, VersionId version, Optional<FilePath> after, int limit) {
    return pool.preparedQuery(PAGE)
        .execute(
            parameters(dataset, version)
                .addString(after.map(FilePath::toString).orElse(""))
                .addInteger(limit))
        .map(
            rows ->
                stream(rows)
                    .map(
                        row ->
                            new AnnouncedFile(
                                path(row), row.getOffsetDateTime("announced_at").toInstant()))
                    .toList());
  }

  Uni<Integer> giveUp(DatasetId dataset, VersionId version) {
    return pool.preparedQuery(GIVE_UP).execute(parameters(dataset, version)).map(RowSet::rowCount);
  }

  private static FilePath path(Row row) {
    return FilePath.of(row.getString("path"));
  }

  private static Tuple parameters(DatasetId dataset, VersionId version) {
    return Tuple.of(dataset.text(), version.text());
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
