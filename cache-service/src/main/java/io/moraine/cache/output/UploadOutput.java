package io.moraine.cache.output;

import io.moraine.cache.disk.Outputs;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.remote.FilesClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.cache.version.VersionKey;
import io.moraine.content.transfer.LocalFile;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes a draft hold what a sealed copy holds, and nothing else. Contents that the store has are
 * not sent again, so that an upload that broke off goes on. Blocking.
 */
@ApplicationScoped
class UploadOutput {
  /** Files that are pushed together: bounds memory, whatever the number of files. */
  private static final int BATCH = 20_000;

  private final ShareStorage storage;
  private final FilesClient files;

  UploadOutput(ShareStorage storage, FilesClient files) {
    this.storage = storage;
    this.files = files;
  }

  void upload(VersionKey draft) throws IOException, RefusedException {
    Outputs disk = storage.team(draft.team()).outputs();
    removeForeign(draft, disk.copyOf(draft.dataset(), draft.version()));
    List<LocalFile> batch = new ArrayList<>();
    disk.<RefusedException>visitCopy(
        draft.dataset(),
        draft.version(),
        (path, file, size) -> {
          batch.add(
              new LocalFile(path, file, size, Files.getLastModifiedTime(file), Optional.empty()));
          if (batch.size() == BATCH) {
            push(draft, batch);
          }
        });
    push(draft, batch);
  }

  /** What an attempt before put into the draft and is not in the copy is taken out of it. */
  private void removeForeign(VersionKey draft, Path copy) throws IOException, RefusedException {
    List<FilePath> foreign = new ArrayList<>();
    files.<RuntimeException>list(
        draft.team(),
        draft.dataset(),
        draft.version(),
        page -> {
          for (FileEntry file : page) {
            Path own = copy.resolve(file.path().toString());
            if (!Files.isRegularFile(own, LinkOption.NOFOLLOW_LINKS)) {
              foreign.add(file.path());
            }
          }
        });
    if (!foreign.isEmpty()) {
      files.delete(draft.team(), draft.dataset(), draft.version(), foreign);
    }
  }

  private void push(VersionKey draft, List<LocalFile> batch) throws IOException, RefusedException {
    if (!batch.isEmpty()) {
      files.push(draft.team(), draft.dataset(), draft.version(), batch);
      batch.clear();
    }
  }
}
