package io.moraine.dataset.team;

import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Whose admins run the installation. Thread-safe; never blocks. */
@ApplicationScoped
public class Operators {
  private final TeamStore store;

  Operators(TeamStore store) {
    this.store = store;
  }

  /** Fails with a 403 unless {@code team} is the operator's. */
  public Uni<Void> require(TeamId team) {
    return store
        .find(team)
        .invoke(
            found -> {
              if (!found.map(Team::operator).orElse(false)) {
                throw new TeamProblem.OperatorsOnly().exception();
              }
            })
        .replaceWithVoid();
  }
}
