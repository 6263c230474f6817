package io.moraine.cache.version;

import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.StreamSupport;

/** The table {@code pin}. Only the database's clock counts. */
@ApplicationScoped
class PinStore {
  private static final String ONE = " WHERE team = $1 AND dataset = $2 AND version = $3 ";

  private final Pool database;

  PinStore(Pool database) {
    this.database = database;
  }

  /** Sets or renews a pin, and forgets the expired ones of the same version. */
  Uni<Void> put(Transaction tx, VersionKey key, String holder, Duration expires) {
    return tx.preparedQuery("DELETE FROM pin" + ONE + "AND expires_at <= now()")
        .execute(VersionStore.one(key))
        .chain(
            () ->
                tx.preparedQuery(
                        """
                        INSERT INTO pin (team, dataset, version, holder, expires_at)
                        VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')
                        ON CONFLICT (team, dataset, version, holder)
                        DO UPDATE SET expires_at = excluded.expires_at
                        """)
                    .execute(VersionStore.one(key).addString(holder).addLong(expires.toSeconds())))
        .replaceWithVoid();
  }

  Uni<Void> delete(Transaction tx, VersionKey key, String holder) {
    return tx.preparedQuery("DELETE FROM pin" + ONE + "AND holder = $4")
        .execute(VersionStore.one(key).addString(holder))
        .replaceWithVoid();
  }

  /** Those that have not expired. */
  Uni<List<Pin>> list(VersionKey key) {
    return database
        .preparedQuery(
            "SELECT holder, expires_at FROM pin" + ONE + "AND expires_at > now() ORDER BY holder")
        .execute(VersionStore.one(key))
        .map(rows -> StreamSupport.stream(rows.spliterator(), false).map(PinStore::pin).toList());
  }

  private static Pin pin(Row row) {
    OffsetDateTime expires = row.getOffsetDateTime("expires_at");
    return new Pin(row.getString("holder"), expires.toInstant());
  }
}
