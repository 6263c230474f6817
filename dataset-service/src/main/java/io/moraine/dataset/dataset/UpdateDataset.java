package io.moraine.dataset.dataset;

import io.moraine.dataset.provider.Providers;
import io.moraine.events.dataset.DatasetUpdated;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Database;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Changes a dataset's name, description or retention; DatasetUpdated in the same transaction. */
@ApplicationScoped
class UpdateDataset {
  private final Database database;
  private final DatasetStore store;
  private final Datasets datasets;
  private final Providers providers;
  private final Outbox outbox;

  UpdateDataset(
      Database database,
      DatasetStore store,
      Datasets datasets,
      Providers providers,
      Outbox outbox) {
    this.database = database;
    this.store = store;
    this.datasets = datasets;
    this.providers = providers;
    this.outbox = outbox;
  }

  Uni<Dataset> update(
      TeamId team, String idOrName, DatasetChange change, Precondition precondition) {
    return database
        .transaction(
            tx ->
                datasets
                    .require(tx, team, idOrName, precondition)
                    .chain(() -> store.update(tx, team, idOrName, change))
                    .map(found -> found.orElseThrow(() -> Datasets.missing(idOrName)))
                    .call(row -> outbox.append(tx, new DatasetUpdated(team, row.id(), row.name()))))
        .chain(row -> providers.get(team, row.provider().text()).map(row::with));
  }
}
