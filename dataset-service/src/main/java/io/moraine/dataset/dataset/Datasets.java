package io.moraine.dataset.dataset;

import io.moraine.dataset.paging.ListFilter;
import io.moraine.dataset.provider.Provider;
import io.moraine.dataset.provider.Providers;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The datasets that a team can see, found by id or by name. What is not there, or another team's,
 * fails with 404. Thread-safe; never blocks.
 */
@ApplicationScoped
public class Datasets {
  private static final Map<String, String> ORDER =
      Map.of("name", "name", "id", "id", "dtCreated", "created_at", "dtModified", "modified_at");

  private final DatasetStore store;
  private final Providers providers;

  Datasets(DatasetStore store, Providers providers) {
    this.store = store;
    this.providers = providers;
  }

  public Uni<Dataset> get(TeamId team, String idOrName) {
    return row(team, idOrName)
        .chain(row -> providers.get(team, row.provider().text()).map(row::with));
  }

  /** Only its id: one round trip. */
  public Uni<DatasetId> id(TeamId team, String idOrName) {
    return row(team, idOrName).map(DatasetRow::id);
  }

  /**
   * As {@link #id}, and the dataset stays live until {@code tx} ends: for whatever adds to it. Take
   * this lock before any lock on a version.
   */
  public Uni<DatasetId> lock(Transaction tx, TeamId team, String idOrName) {
    return store.lock(tx, team, idOrName).map(found -> found.orElseThrow(() -> missing(idOrName)));
  }

  /** Fails with 412 unless the dataset is as {@code precondition} says; locks it until the end. */
  Uni<Void> require(Transaction tx, TeamId team, String idOrName, Precondition precondition) {
    return precondition.isGiven()
        ? store
            .lockRow(tx, team, idOrName)
            .map(found -> found.orElseThrow(() -> missing(idOrName)))
            .invoke(
                row -> precondition.require("Dataset " + row.name(), Optional.of(row.entityTag())))
            .replaceWithVoid()
        : Uni.createFrom().voidItem();
  }

  Uni<List<Dataset>> list(TeamId team, ListFilter filter) {
    String orderBy = filter.orderBy(ORDER, "name ASC", "id");
    int limit = filter.limit();
    int skip = filter.skip();
    return providers
        .ofTeam(team)
        .chain(known -> store.list(team, orderBy, limit, skip).map(rows -> with(rows, known)));
  }

  private Uni<DatasetRow> row(TeamId team, String idOrName) {
    return store.find(team, idOrName).map(found -> found.orElseThrow(() -> missing(idOrName)));
  }

  static RuntimeException missing(String idOrName) {
    return new RequestProblem.NotFound("dataset", idOrName).exception();
  }

  private static List<Dataset> with(List<DatasetRow> rows, Map<ProviderId, Provider> known) {
    return rows.stream().map(row -> row.with(known.get(row.provider()))).toList();
  }
}
