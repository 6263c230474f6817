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
  private final Expectations expectations;

  DeleteFile(StagedFileStore store, VersionFiles files, Expectations expectations) {
    this.store = store;
    this.files = files;
    this.expectations = expectations;
  }

  /**
   * The file is gone when this returns, also when there was none.
   *
   * @param ref names the version by its id; 409 when that is not open
   */
  public void from(TeamId team, DatasetRef ref, FilePath path) {
    from(team, ref, path, Expected.ANYTHING);
  }

  /**
   * As {@link #from(TeamId, DatasetRef, FilePath)}, or nothing is changed, unless the path is as
   * expected: 412 when it is not, 404 when there should be a file and is none, 409 when another
   * request changes it meanwhile.
   */
  public void from(TeamId team, DatasetRef ref, FilePath path, Expected expected) {
    Version found = files.version(team, ref);
    Seen seen = expectations.require(team, ref, path, expected);
    StagedFileStore.Deleted deleted =
        store.delete(found.key(), path, seen).await().atMost(DATABASE_PATIENCE);
    if (deleted.done()) {
      return;
    }
    if (!deleted.open()) {
      Version now = files.version(team, ref);
      throw new VersionProblem.NotOpen(now.key(), now.state()).exception();
    }
    expectations.require(team, ref, path, expected);
    throw new FileProblem.ChangedMeanwhile(found.key(), path).exception();
  }
}
