package io.moraine.dataset.provider;

import io.moraine.dataset.provider.ProviderStore.Stored;
import io.moraine.dataset.provider.ProviderStore.Use;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;

/**
 * Deletes a provider that no dataset uses or is read from, with its keys and all that we know of
 * its bucket. What lies in the bucket stays: the bucket is the team's. Thread-safe; never blocks.
 */
@ApplicationScoped
class DeleteProvider {
  private final Database database;
  private final ProviderStore store;
  private final Event<ProviderChanged> changed;

  DeleteProvider(Database database, ProviderStore store, Event<ProviderChanged> changed) {
    this.database = database;
    this.store = store;
    this.changed = changed;
  }

  Uni<Void> delete(TeamId team, String id) {
    return database
        .transaction(
            tx ->
                store
                    .lock(tx, team, id)
                    .map(found -> Providers.requireOwn(found, id))
                    .call(provider -> refuseUsed(tx, provider))
                    .call(provider -> refuseReferred(tx, provider))
                    .call(provider -> store.delete(tx, provider.id())))
        .invoke(provider -> changed.fire(new ProviderChanged(provider.id())))
        .replaceWithVoid();
  }

  private Uni<Boolean> refuseReferred(Transaction tx, Stored provider) {
    return store
        .isReferred(tx, provider.id())
        .invoke(
            isReferred -> {
              if (isReferred) {
                throw new ProviderProblem.Referred(provider.name()).exception();
              }
            });
  }

  private Uni<Use> refuseUsed(Transaction tx, Stored provider) {
    return store
        .datasets(tx, provider.id())
        .invoke(
            use -> {
              if (!use.isNone()) {
                throw new ProviderProblem.InUse(
                        provider.name(), "be deleted", use.names(), use.live(), use.leaving())
                    .exception();
              }
            });
  }
}
