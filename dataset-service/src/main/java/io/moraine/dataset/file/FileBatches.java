package io.moraine.dataset.file;

import io.moraine.dataset.content.Contents;
import io.moraine.dataset.version.Version;
import jakarta.enterprise.context.ApplicationScoped;

/** Begins {@link FileBatch}es. Thread-safe. */
@ApplicationScoped
public class FileBatches {
  private final Contents contents;
  private final PutFile putFile;
  private final StageFiles stageFiles;

  FileBatches(Contents contents, PutFile putFile, StageFiles stageFiles) {
    this.contents = contents;
    this.putFile = putFile;
    this.stageFiles = stageFiles;
  }

  /** A batch of files for {@code version}, which is open. */
  public FileBatch into(Version version) {
    return new FileBatch(version, contents, putFile, stageFiles);
  }
}
