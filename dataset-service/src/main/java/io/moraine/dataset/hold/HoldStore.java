package io.moraine.dataset.hold;

import io.moraine.dataset.ref.ResolvedVersion;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

@ApplicationScoped
class HoldStore {
  private static final String HOLD =
      """
      WITH held AS (
        SELECT dataset, id, digest, files, bytes FROM version
        WHERE dataset = $1 AND id = $2 AND state = 'committed' FOR SHARE
      ), hold AS (
        INSERT INTO hold (dataset, version, holder, expires_at)
        SELECT dataset, id, $3, clock_timestamp() + make_interval(secs => $4) FROM held
        ON CONFLICT (dataset, version, holder) DO UPDATE SET expires_at = excluded.expires_at
        RETURNING expires_at
      )
      SELECT digest, files, bytes, expires_at FROM held, hold
      """;
  private static final String LIVE =
      """
      SELECT holder, expires_at FROM hold
      WHERE dataset = $1 AND version = $2 AND holder > $3 AND expires_at > clock_timestamp()
      ORDER BY holder LIMIT $4
      """;
  private static final String RELEASE =
      "DELETE FROM hold WHERE dataset = $1 AND version = $2 AND holder = $3";

  /** Skips what another transaction has in hand: it is renewed, or deleted with its version. */
  private static final String SWEEP =
      """
      DELETE FROM hold WHERE (dataset, version, holder) IN (
        SELECT dataset, version, holder FROM hold WHERE expires_at < clock_timestamp()
        LIMIT $1 FOR UPDATE SKIP LOCKED)
      """;

  private final Pool database;

  HoldStore(Pool database) {
    this.database = database;
  }

  /** Empty when the version is not, or no longer, committed. */
  Uni<Optional<HeldVersion>> hold(ResolvedVersion version, Holder holder, Duration time) {
    return database
        .preparedQuery(HOLD)
        .execute(
            Tuple.of(
                version.dataset().text(),
                version.version().text(),
                holder.text(),
                (double) time.toSeconds()))
        .map(rows -> stream(rows).findFirst().map(row -> held(version, row)));
  }

  Uni<List<Hold>> live(DatasetId dataset, VersionId version, String after, int most) {
    return database
        .preparedQuery(LIVE)
        .execute(Tuple.of(dataset.text(), version.text(), after, most))
        .map(
            rows ->
                stream(rows)
                    .map(
                        row ->
                            new Hold(
                                row.getString("holder"),
                                row.getOffsetDateTime("expires_at").toInstant()))
                    .toList());
  }

  Uni<Void> release(DatasetId dataset, VersionId version, String holder) {
    return database
        .preparedQuery(RELEASE)
        .execute(Tuple.of(dataset.text(), version.text(), holder))
        .replaceWithVoid();
  }

  /** Deletes up to {@code most} expired holds; how many it were. */
  Uni<Integer> sweep(int most) {
    return database.preparedQuery(SWEEP).execute(Tuple.of(most)).map(RowSet::rowCount);
  }

  private static HeldVersion held(ResolvedVersion version, Row row) {
    return new HeldVersion(
        version.dataset(),
        version.name(),
        version.version(),
        Sha256.ofBytes(row.getBuffer("digest").getBytes()),
        row.getLong("files"),
        row.getLong("bytes"),
        row.getOffsetDateTime("expires_at").toInstant());
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
