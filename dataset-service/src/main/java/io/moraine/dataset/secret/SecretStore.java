package io.moraine.dataset.secret;

import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The tables {@code secret} and {@code ephemeral_secret}. */
@ApplicationScoped
class SecretStore {
  /** Replacing one is no new one. */
  private static final String SET =
      """
      INSERT INTO secret AS s (team, entity, entity_id, name, ciphertext)
      SELECT $1, $2, $3, $4, $5
      WHERE (SELECT count(*) FROM secret WHERE team = $1) < $6
        OR EXISTS (SELECT FROM secret WHERE team = $1 AND entity = $2 AND entity_id = $3 AND name = $4)
      ON CONFLICT (team, entity, entity_id, name) DO UPDATE SET ciphertext = excluded.ciphertext, modified_at = now()
      """;

  private static final String LIST =
      """
      SELECT name FROM secret WHERE team = $1 AND entity = $2 AND entity_id = $3 ORDER BY name LIMIT $4
      """;

  private static final String FIND =
      "SELECT ciphertext FROM secret WHERE team = $1 AND entity = $2 AND entity_id = $3 AND name = $4";

  private static final String DELETE =
      "DELETE FROM secret WHERE team = $1 AND entity = $2 AND entity_id = $3 AND name = $4";

  private static final String SET_EPHEMERAL =
      """
      INSERT INTO ephemeral_secret (handle, team, ciphertext, expires_at)
      SELECT handle, $1, ciphertext, clock_timestamp() + make_interval(secs => $4)
      FROM unnest($2::text[], $3::bytea[]) AS e (handle, ciphertext)
      WHERE (SELECT count(*) FROM ephemeral_secret WHERE team = $1) < $5
      """;

  private static final String FIND_EPHEMERAL =
      """
      SELECT ciphertext FROM ephemeral_secret
      WHERE team = $1 AND handle = $2 AND expires_at > clock_timestamp()
      """;

  private static final String SWEEP =
      """
      DELETE FROM ephemeral_secret WHERE handle IN (
        SELECT handle FROM ephemeral_secret WHERE expires_at < clock_timestamp()
        LIMIT $1 FOR UPDATE SKIP LOCKED)
      """;

  private final Pool pool;

  SecretStore(Pool pool) {
    this.pool = pool;
  }

  /** Whether it was set: not when the team has {@code most} others. */
  Uni<Boolean> set(SecretKey key, byte[] ciphertext, int most) {
    return pool.preparedQuery(SET)
        .execute(parameters(key).addBuffer(Buffer.buffer(ciphertext)).addLong((long) most))
        .map(rows -> rows.rowCount() == 1);
  }

  Uni<List<String>> names(TeamId team, String entity, String entityId, int most) {
    return pool.preparedQuery(LIST)
        .execute(Tuple.of(team.text(), entity, entityId, most))
        .map(rows -> stream(rows).map(row -> row.getString("name")).toList());
  }

  Uni<Optional<byte[]>> find(SecretKey key) {
    return pool.preparedQuery(FIND).execute(parameters(key)).map(SecretStore::ciphertext);
  }

  /** Whether there was one. */
  Uni<Boolean> delete(SecretKey key) {
    return pool.preparedQuery(DELETE).execute(parameters(key)).map(rows -> rows.rowCount() == 1);
  }

  /** Whether they were set: not when the team has {@code most} already. */
  Uni<Boolean> setEphemeral(TeamId team, Map<String, byte[]> byHandle, Duration life, int most) {
    List<String> handles = List.copyOf(byHandle.keySet());
    io.vertx.sqlclient.Tuple parameters =
        io.vertx.sqlclient.Tuple.of(team.text())
            .addArrayOfString(handles.toArray(String[]::new))
            .addArrayOfBuffer(
                handles.stream()
                    .map(handle -> io.vertx.core.buffer.Buffer.buffer(byHandle.get(handle)))
                    .toArray(io.vertx.core.buffer.Buffer[]::new))
            .addDouble((double) life.toSeconds())
            .addLong((long) most);
    return pool.preparedQuery(SET_EPHEMERAL)
        .execute(Tuple.newInstance(parameters))
        .map(rows -> rows.rowCount() == handles.size());
  }

  Uni<Optional<byte[]>> findEphemeral(TeamId team, String handle) {
    return pool.preparedQuery(FIND_EPHEMERAL)
        .execute(Tuple.of(team.text(), handle))
        .map(SecretStore::ciphertext);
  }

  /** Deletes up to {@code most} expired ones; how many it were. */
  Uni<Integer> sweep(int most) {
    return pool.preparedQuery(SWEEP).execute(Tuple.of(most)).map(RowSet::rowCount);
  }

  private static Optional<byte[]> ciphertext(RowSet<Row> rows) {
    return stream(rows).findFirst().map(row -> row.getBuffer("ciphertext").getBytes());
  }

  private static Tuple parameters(SecretKey key) {
    return Tuple.of(key.team().text(), key.entity(), key.entityId(), key.name());
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
