package io.moraine.cache.output;

import io.moraine.cache.CacheConfig;
import io.moraine.cache.disk.Outputs;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.remote.FilesClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.cache.version.VersionKey;
import io.moraine.content.file.FileCutter;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Puts a sealed copy into its draft, several files at once, and takes out of the draft what is not
 * in the copy. Of a draft that holds something already, only what it lacks is sent. Blocking.
 */
@ApplicationScoped
class UploadOutput {
  /** Files that wait for a thread: bounds memory, whatever the number of files. */
  private static final int BATCH = 1_000;

  private final CacheConfig config;
  private final ShareStorage storage;
  private final FilesClient files;

  UploadOutput(CacheConfig config, ShareStorage storage, FilesClient files) {
    this.config = config;
    this.storage = storage;
    this.files = files;
  }

  void upload(VersionKey draft) throws IOException, RefusedException {
    Outputs disk = storage.team(draft.team()).outputs();
    Path copy = disk.copyOf(draft.dataset(), draft.version());
    boolean begun = removeForeign(draft, copy);
    ExecutorService threads = Executors.newFixedThreadPool(config.transfers());
    List<Future<?>> batch = new ArrayList<>();
    try {
      disk.visitCopy(
          draft.dataset(),
          draft.version(),
          (path, file, size) -> {
            batch.add(
                threads.submit(
                    () -> {
                      put(draft, path, file, size, begun);
                      return null;
                    }));
            if (batch.size() == BATCH) {
              await(batch);
            }
          });
      await(batch);
    } catch (Refused e) {
      throw e.refusal;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Whether the draft holds something; what is not in the copy is taken out of it. */
  private boolean removeForeign(VersionKey draft, Path copy) throws IOException, RefusedException {
    boolean[] begun = {false};
    files.<RefusedException>list(
        draft.team(),
        draft.dataset(),
        draft.version(),
        page -> {
          for (FileEntry file : page) {
            begun[0] = true;
            Path own = copy.resolve(file.path().toString());
            if (!Files.isRegularFile(own, LinkOption.NOFOLLOW_LINKS)) {
              files.delete(draft.team(), draft.dataset(), draft.version(), file.path());
            }
          }
        });
    return begun[0];
  }

  private void put(VersionKey draft, FilePath path, Path file, long sizeBytes, boolean begun)
      throws IOException, RefusedException {
    FileEntry entry = new FileEntry(path, sizeBytes, content(file));
    if (begun && files.has(draft.team(), draft.dataset(), draft.version(), entry)) {
      return;
    }
    files.put(draft.team(), draft.dataset(), draft.version(), entry, file);
  }

  private static ContentId content(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return FileCutter.digest(in, OutputStream.nullOutputStream()).content();
    }
  }

  private static void await(List<Future<?>> batch) throws IOException {
    try {
      for (Future<?> put : batch) {
        put.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while uploading", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RefusedException refusal) {
        throw new Refused(refusal);
      }
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } finally {
      batch.clear();
    }
  }

  /** Carries a refusal through the walk of the copy. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient RefusedException refusal;

    Refused(RefusedException refusal) {
      super(refusal);
      this.refusal = refusal;
    }
  }
}
