package io.moraine.dataset.team;

import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.stream.StreamSupport;

@ApplicationScoped
class TeamStore {
  /** The provider comes with the team, in one statement: no team is ever seen without. */
  private static final String INSERT =
      """
      WITH born AS (
        INSERT INTO team (id, name, operator) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO NOTHING RETURNING id
      )
      INSERT INTO provider (id, team, name, managed)
      SELECT $4, id, 'Gradient Managed', true FROM born
      """;

  private static final String BY_ID = "SELECT id, name, operator FROM team WHERE id = $1";
  private static final String BY_NAME = "SELECT id, name, operator FROM team WHERE name = $1";

  private final Pool database;

  TeamStore(Pool database) {
    this.database = database;
  }

  /** Whether it was made: not when its name is taken. */
  Uni<Boolean> insert(Transaction tx, Team team) {
    return tx.preparedQuery(INSERT)
        .execute(
            Tuple.of(team.id().text(), team.name(), team.operator(), ProviderId.random().text()))
        .map(rows -> rows.rowCount() == 1);
  }

  Uni<Optional<Team>> find(TeamId id) {
    return database
        .preparedQuery(BY_ID)
        .execute(Tuple.of(id.text()))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false).findFirst().map(TeamStore::team));
  }

  Uni<Team> named(Transaction tx, String name) {
    return tx.preparedQuery(BY_NAME)
        .execute(Tuple.of(name))
        .map(rows -> team(rows.iterator().next()));
  }

  private static Team team(Row row) {
    return new Team(
        new TeamId(row.getString("id")), row.getString("name"), row.getBoolean("operator"));
  }
}
