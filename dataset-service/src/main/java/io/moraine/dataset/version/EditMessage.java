package io.moraine.dataset.version;

import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Database;
import io.moraine.kit.outbox.Outbox;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Changes a version's message, before its commit or after, but not in the middle of it. */
@ApplicationScoped
class EditMessage {
  private final Database database;
  private final VersionStore store;
  private final Outbox outbox;

  EditMessage(Database database, VersionStore store, Outbox outbox) {
    this.database = database;
    this.store = store;
    this.outbox = outbox;
  }

  Uni<Version> of(Version version, String message, Precondition precondition) {
    if (version.message().equals(message) && !precondition.isGiven()) {
      return Uni.createFrom().item(version);
    }
    return database.transaction(
        tx ->
            store
                .require(tx, version.key(), precondition)
                .chain(() -> store.editMessage(tx, version.key(), message))
                .map(
                    edited ->
                        edited.orElseThrow(
                            () -> new VersionProblem.BeingCommitted(version.key()).exception()))
                .call(edited -> outbox.append(tx, VersionEvents.updated(edited))));
  }
}
