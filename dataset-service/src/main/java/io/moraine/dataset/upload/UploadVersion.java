package io.moraine.dataset.upload;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionProblem;
import io.moraine.dataset.version.VersionState;
import io.moraine.dataset.version.Versions;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** The version that an upload is for, and by it the store. Thread-safe, blocking. */
@ApplicationScoped
class UploadVersion {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final Versions versions;

  UploadVersion(Versions versions) {
    this.versions = versions;
  }

  /** The store of a version that may be read, whatever its state. */
  Store store(TeamId team, String dataset, String version) {
    return versions
        .visible(team, Versions.ref(dataset, version))
        .await()
        .atMost(DATABASE_PATIENCE)
        .store();
  }

  /** The store of a version that takes uploads; 409 when it does not. */
  Store openStore(TeamId team, String dataset, String version) {
    Version found =
        versions.find(team, Versions.exactRef(dataset, version)).await().atMost(DATABASE_PATIENCE);
    if (found.state() != VersionState.OPEN) {
      throw new VersionProblem.NotOpen(found.key(), found.state()).exception();
    }
    return found.store();
  }
}
