package io.moraine.dataset.team;

import io.moraine.dataset.key.Keys;
import io.moraine.dataset.key.NewKey;
import io.moraine.kit.auth.Role;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Makes a team with its managed provider and its first admin key, all or nothing. */
@ApplicationScoped
class CreateTeam {
  /** A team that was just made; {@code key} shows its secret this once. */
  record NewTeam(TeamId id, String name, NewKey key) {}

  private final Database database;
  private final TeamStore store;
  private final Keys keys;

  CreateTeam(Database database, TeamStore store, Keys keys) {
    this.database = database;
    this.store = store;
    this.keys = keys;
  }

  Uni<NewTeam> called(String name) {
    Team team = new Team(TeamId.random(), name, false);
    return database.transaction(tx -> insert(tx, team).chain(() -> withKey(tx, team)));
  }

  private Uni<Void> insert(Transaction tx, Team team) {
    return store
        .insert(tx, team)
        .invoke(
            made -> {
              if (!made) {
                throw new TeamProblem.NameTaken(team.name()).exception();
              }
            })
        .replaceWithVoid();
  }

  private Uni<NewTeam> withKey(Transaction tx, Team team) {
    return keys.issue(tx, team.id(), Role.ADMIN, "first")
        .map(key -> new NewTeam(team.id(), team.name(), key));
  }
}
