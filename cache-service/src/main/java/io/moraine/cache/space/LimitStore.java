package io.moraine.cache.space;

import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.OptionalLong;

/** The table {@code team_limit}. */
@ApplicationScoped
class LimitStore {
  private final Pool database;

  LimitStore(Pool database) {
    this.database = database;
  }

  Uni<OptionalLong> find(TeamId team) {
    return database
        .preparedQuery("SELECT limit_bytes FROM team_limit WHERE team = $1")
        .execute(Tuple.of(team.text()))
        .map(
            rows ->
                rows.size() == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(rows.iterator().next().getLong("limit_bytes")));
  }

  Uni<Void> set(TeamId team, long limitBytes) {
    return database
        .preparedQuery(
            """
            INSERT INTO team_limit (team, limit_bytes) VALUES ($1, $2)
            ON CONFLICT (team) DO UPDATE SET limit_bytes = excluded.limit_bytes
            """)
        .execute(Tuple.of(team.text(), limitBytes))
        .map(RowSet::rowCount)
        .replaceWithVoid();
  }
}
