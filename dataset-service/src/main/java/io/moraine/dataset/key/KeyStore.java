package io.moraine.dataset.key;

import io.moraine.kit.auth.ApiKey;
import io.moraine.kit.auth.KeyInfo;
import io.moraine.kit.auth.Role;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

@ApplicationScoped
class KeyStore {
  private static final String VALID =
      "SELECT id, team, role, secret_hash FROM api_key WHERE id = $1 AND revoked_at IS NULL";
  private static final String INSERT =
      """
      INSERT INTO api_key (id, team, role, name, secret_hash) VALUES ($1, $2, $3, $4, $5)
      RETURNING created_at
      """;
  private static final String INSERT_IF_MISSING =
      """
      INSERT INTO api_key (id, team, role, name, secret_hash) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (id) DO NOTHING
      """;
  private static final String OF_TEAM =
      """
      SELECT id, role, name, created_at, revoked_at FROM api_key WHERE team = $1
        AND ($2 = '' OR (created_at, id) > (SELECT created_at, id FROM api_key WHERE team = $1 AND id = $2))
      ORDER BY created_at, id LIMIT $3
      """;
  private static final String REVOKE =
      """
      UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) WHERE team = $1 AND id = $2
      """;

  private final Pool database;

  KeyStore(Pool database) {
    this.database = database;
  }

  Uni<Optional<StoredKey>> valid(String id) {
    return database
        .preparedQuery(VALID)
        .execute(Tuple.of(id))
        .map(
            rows -> StreamSupport.stream(rows.spliterator(), false).findFirst().map(KeyStore::key));
  }

  Uni<Instant> insert(Transaction tx, ApiKey key, Role role, String name, TeamId team) {
    return tx.preparedQuery(INSERT)
        .execute(row(key, role, name, Optional.of(team)))
        .map(rows -> rows.iterator().next().getOffsetDateTime("created_at").toInstant());
  }

  Uni<Void> insertIfMissing(
      Transaction tx, ApiKey key, Role role, String name, Optional<TeamId> team) {
    return tx.preparedQuery(INSERT_IF_MISSING)
        .execute(row(key, role, name, team))
        .replaceWithVoid();
  }

  Uni<List<ListedKey>> ofTeam(TeamId team, String after, int most) {
    return database
        .preparedQuery(OF_TEAM)
        .execute(Tuple.of(team.text(), after, most))
        .map(
            rows -> StreamSupport.stream(rows.spliterator(), false).map(KeyStore::listed).toList());
  }

  /** Whether the team has such a key, revoked or not. */
  Uni<Boolean> isOf(TeamId team, String id) {
    return database
        .preparedQuery("SELECT FROM api_key WHERE team = $1 AND id = $2")
        .execute(Tuple.of(team.text(), id))
        .map(rows -> rows.size() > 0);
  }

  /** Whether the team has such a key; revoking it again changes nothing. */
  Uni<Boolean> revoke(TeamId team, String id) {
    return database
        .preparedQuery(REVOKE)
        .execute(Tuple.of(team.text(), id))
        .map(rows -> rows.rowCount() == 1);
  }

  private static Tuple row(ApiKey key, Role role, String name, Optional<TeamId> team) {
    return Tuple.of(
        key.id(),
        team.map(TeamId::text).orElse(null),
        role.text(),
        name,
        Buffer.buffer(key.secretHash().toBytes()));
  }

  private static StoredKey key(Row row) {
    return new StoredKey(
        new KeyInfo(
            row.getString("id"),
            Role.of(row.getString("role")),
            Optional.ofNullable(row.getString("team")).map(TeamId::new)),
        Sha256.ofBytes(row.getBuffer("secret_hash").getBytes()));
  }

  private static ListedKey listed(Row row) {
    return new ListedKey(
        row.getString("id"),
        Role.of(row.getString("role")),
        row.getString("name"),
        row.getOffsetDateTime("created_at").toInstant(),
        Optional.ofNullable(row.getOffsetDateTime("revoked_at")).map(OffsetDateTime::toInstant));
  }
}
