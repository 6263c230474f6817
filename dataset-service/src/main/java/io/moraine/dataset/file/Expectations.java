package io.moraine.dataset.file;

import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionProblem;
import io.moraine.dataset.version.VersionState;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Compares what is at a path of an open version with what a writer expects there. What it has seen
 * goes into the statement that changes the path, so that of writers who expect the same one is
 * served. Thread-safe, blocking.
 */
@ApplicationScoped
class Expectations {
  private final VersionFiles files;

  Expectations(VersionFiles files) {
    this.files = files;
  }

  /**
   * What is staged for the path now. Fails when the version is not open (409), when another file is
   * expected, or none (412), and when one is expected where none is (404).
   */
  Seen require(TeamId team, DatasetRef ref, FilePath path, Expected expected) {
    if (expected instanceof Expected.Anything) {
      return Seen.NEVER;
    }
    Version version = files.version(team, ref);
    if (version.state() != VersionState.OPEN) {
      throw new VersionProblem.NotOpen(version.key(), version.state()).exception();
    }
    VersionFiles.AtPath found = files.at(version, path);
    if (expected.isMetBy(found.file())) {
      return new Seen(true, found.staged());
    }
    FileEntry other =
        found
            .file()
            .orElseThrow(
                () ->
                    new RequestProblem.NotFound("file", path + " in " + version.key()).exception());
    throw new FileProblem.NotAsExpected(version.key(), path, ETag.of(other)).exception();
  }
}
