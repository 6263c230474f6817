package io.moraine.dataset.rebuild;

import io.moraine.dataset.key.Keys;
import io.moraine.dataset.rebuild.RebuildView.TeamKey;
import io.moraine.kit.auth.Role;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Begins a rebuild of an empty database, and gives teams that lost their keys new ones. */
@ApplicationScoped
class BeginRebuild {
  private final Database database;
  private final RebuildStore store;
  private final Keys keys;

  BeginRebuild(Database database, RebuildStore store, Keys keys) {
    this.database = database;
    this.store = store;
    this.keys = keys;
  }

  /** Fails with a 409 when the database has datasets, or a rebuild is under way. */
  Uni<RebuildView> begin() {
    return store
        .running()
        .invoke(BeginRebuild::refuseSecond)
        .chain(store::datasets)
        .invoke(BeginRebuild::refuseUnlessEmpty)
        .chain(() -> database.transaction(this::begin));
  }

  private static void refuseSecond(List<String> running) {
    if (!running.isEmpty()) {
      throw new RebuildProblem.UnderWay(running.get(0)).exception();
    }
  }

  private static void refuseUnlessEmpty(long datasets) {
    if (datasets > 0) {
      throw new RebuildProblem.NotEmpty(datasets).exception();
    }
  }

  private Uni<RebuildView> begin(Transaction tx) {
    return store
        .begin(tx)
        .map(begun -> begun.orElseThrow(() -> new RebuildProblem.UnderWay("…").exception()))
        .chain(begun -> issue(tx).map(begun::with));
  }

  private Uni<List<TeamKey>> issue(Transaction tx) {
    return store
        .keyless(tx)
        .chain(
            teams ->
                Multi.createFrom()
                    .iterable(teams)
                    .onItem()
                    .transformToUniAndConcatenate(team -> issue(tx, team))
                    .collect()
                    .asList());
  }

  private Uni<TeamKey> issue(Transaction tx, TeamKey team) {
    return keys.issue(tx, team.team(), Role.ADMIN, "rebuilt")
        .map(key -> new TeamKey(team.team(), team.name(), key.key()));
  }
}
