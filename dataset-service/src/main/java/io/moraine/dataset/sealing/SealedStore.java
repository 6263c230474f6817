package io.moraine.dataset.sealing;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.StreamSupport;

/** Sealed secrets, in whatever table they are. */
@ApplicationScoped
class SealedStore {
  private static final String SEALED_BY_OTHERS =
      """
      SELECT %1$s AS owner, %2$s AS sealed FROM %3$s
      WHERE %2$s IS NOT NULL AND substring(%2$s FROM 1 FOR length($1::bytea)) <> $1
        AND (%1$s) COLLATE "C" > $2 ORDER BY (%1$s) COLLATE "C" LIMIT $3
      """;

  /** Only what is still what was opened. */
  private static final String EXCHANGE = "UPDATE %3$s SET %2$s = $3 WHERE %1$s = $1 AND %2$s = $2";

  /** A secret as it lies in its row. */
  record Sealed(SealedColumn column, String owner, Buffer bytes) {
    @Override
    public String toString() {
      return "the secret of " + owner;
    }
  }

  private final Pool pool;

  SealedStore(Pool pool) {
    this.pool = pool;
  }

  /**
   * Up to {@code limit} that begin with something else than {@code prefix}, of the owners after
   * {@code after} in their order.
   */
  Uni<List<Sealed>> sealedByOthers(SealedColumn column, byte[] prefix, String after, int limit) {
    return pool.preparedQuery(sql(SEALED_BY_OTHERS, column))
        .execute(Tuple.of(Buffer.buffer(prefix), after, limit))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(
                        row ->
                            new Sealed(
                                column,
                                row.getString("owner"),
                                row.getBuffer("sealed").getDelegate()))
                    .toList());
  }

  /** Puts {@code now} in the secret's place, unless another is there by now, or none. */
  Uni<Void> exchange(Sealed before, byte[] now) {
    return pool.preparedQuery(sql(EXCHANGE, before.column()))
        .execute(Tuple.of(before.owner(), before.bytes(), Buffer.buffer(now)))
        .replaceWithVoid();
  }

  private static String sql(String template, SealedColumn column) {
    return template.formatted(column.owner(), column.column(), column.table());
  }
}
