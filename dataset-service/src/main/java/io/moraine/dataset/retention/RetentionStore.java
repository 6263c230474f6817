package io.moraine.dataset.retention;

import io.moraine.dataset.version.VersionKey;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;

@ApplicationScoped
class RetentionStore {
  /** Tags and holds keep, whatever the rules say; they are looked at again when it is deleted. */
  private static final String LEAVES =
      """
      SELECT v.dataset, v.id FROM dataset d JOIN version v ON v.dataset = d.id AND v.state = 'committed'
      WHERE d.state = 'live' AND (d.keep_last IS NOT NULL OR d.keep_younger_than_days IS NOT NULL OR d.keep_tagged)
        AND NOT EXISTS (SELECT FROM tag t WHERE t.dataset = v.dataset AND t.version = v.id)
        AND NOT EXISTS (
          SELECT FROM hold h WHERE h.dataset = v.dataset AND h.version = v.id AND h.expires_at > now())
        AND (d.keep_younger_than_days IS NULL
          OR v.committed_at <= now() - make_interval(days => d.keep_younger_than_days))
        AND (d.keep_last IS NULL OR v.commit_sequence < (
          SELECT min(newest.commit_sequence) FROM (
            SELECT commit_sequence FROM version l WHERE l.dataset = d.id AND l.state = 'committed'
            ORDER BY commit_sequence DESC LIMIT d.keep_last) AS newest))
      """;

  private static final String NOT_KEPT = LEAVES + "LIMIT $1";
  private static final String STILL_NOT_KEPT = LEAVES + "AND v.dataset = $1 AND v.id = $2";

  /** Against who changes the rules. */
  private static final String LOCK = "SELECT FROM dataset WHERE id = $1 FOR SHARE";

  private static final String ABANDONED =
      """
      SELECT dataset, id FROM version
      WHERE state = 'open' AND touched_at <= now() - make_interval(secs => $2) LIMIT $1
      """;

  private final Pool pool;

  RetentionStore(Pool pool) {
    this.pool = pool;
  }

  /** Up to {@code most} committed versions that nothing keeps. */
  Uni<List<VersionKey>> notKept(int most) {
    return keys(NOT_KEPT, Tuple.of(most));
  }

  /** Whether nothing keeps the version still; its dataset's rules stay until {@code tx} ends. */
  Uni<Boolean> isNotKept(Transaction tx, VersionKey key) {
    return tx.preparedQuery(LOCK)
        .execute(Tuple.of(key.dataset().text()))
        .chain(
            () ->
                tx.preparedQuery(STILL_NOT_KEPT)
                    .execute(Tuple.of(key.dataset().text(), key.version().text())))
        .map(rows -> rows.size() > 0);
  }

  /** Up to {@code most} open versions into which nothing was put for {@code time}. */
  Uni<List<VersionKey>> abandoned(int most, Duration time) {
    return keys(ABANDONED, Tuple.of(most, (double) time.toSeconds()));
  }

  private Uni<List<VersionKey>> keys(String sql, Tuple parameters) {
    return pool.preparedQuery(sql)
        .execute(parameters)
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(
                        row ->
                            new VersionKey(
                                new DatasetId(row.getString("dataset")),
                                new VersionId(row.getString("id"))))
                    .toList());
  }
}
