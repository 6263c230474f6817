package io.moraine.dataset.file;

import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Takes one file out of an open version. Thread-safe, blocking. */
@ApplicationScoped
public class DeleteFile {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final StagedFileStore store;
  private final VersionFiles files;

  DeleteFile(StagedFileStore store, VersionFiles files) {
    this.store = store;
    this.files = files;
  }

  /**
   * The file is gone when this returns, also when there was none.
   *
   * @param ref names the version by its id; 409 when that is not open
   */
  public void from(TeamId team, DatasetRef ref, FilePath path) {
    Version found = files.version(team, ref);
    boolean open = store.delete(found.key(), path).await().atMost(DATABASE_PATIENCE);
    if (!open) {
      Version now = files.version(team, ref);
      throw new VersionProblem.NotOpen(now.key(), now.state()).exception();
    }
  }
}
