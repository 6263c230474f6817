package io.moraine.dataset.dataset;

import io.moraine.dataset.provider.Provider;
import io.moraine.dataset.provider.Providers;
import io.moraine.events.dataset.DatasetCreated;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Makes a dataset; DatasetCreated in the same transaction. */
@ApplicationScoped
class CreateDataset {
  private final Database database;
  private final DatasetStore store;
  private final Providers providers;
  private final Outbox outbox;

  CreateDataset(Database database, DatasetStore store, Providers providers, Outbox outbox) {
    this.database = database;
    this.store = store;
    this.providers = providers;
    this.outbox = outbox;
  }

  Uni<Dataset> create(TeamId team, NewDataset wanted) {
    return provider(team, wanted)
        .chain(provider -> database.transaction(tx -> insert(tx, team, wanted, provider)));
  }

  private Uni<Provider> provider(TeamId team, NewDataset wanted) {
    return wanted
        .storageProviderId()
        .map(
            id ->
                providers
                    .find(team, id)
                    .map(
                        found ->
                            found.orElseThrow(
                                () -> new DatasetProblem.UnknownProvider(id).exception())))
        .orElseGet(() -> providers.managed(team));
  }

  private Uni<Dataset> insert(Transaction tx, TeamId team, NewDataset wanted, Provider provider) {
    return providers
        .use(tx, team, provider.id())
        .invoke(is -> requireProvider(is, provider))
        .chain(() -> store.insert(tx, team, provider.id(), wanted))
        .map(
            made -> made.orElseThrow(() -> new DatasetProblem.NameTaken(wanted.name()).exception()))
        .call(
            row ->
                outbox.append(tx, new DatasetCreated(team, row.id(), row.name(), row.provider())))
        .map(row -> row.with(provider));
  }

  /** It may have been deleted since it was looked at. */
  private static void requireProvider(boolean is, Provider provider) {
    if (!is) {
      throw new DatasetProblem.UnknownProvider(provider.id().text()).exception();
    }
  }
}
