package io.moraine.cache.version;

import io.moraine.cache.CacheConfig;
import io.moraine.cache.disk.Filling;
import io.moraine.cache.disk.FullContentException;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.cache.remote.FilesClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.cache.space.TeamSpace;
import io.moraine.content.file.CorruptContentException;
import io.moraine.content.file.FileCutter;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The files of one version while it is put together. The listing is gone through a page at a time,
 * once to link what is there and to know what is missing, and once more to fetch that.
 */
final class FilledFiles implements AutoCloseable {
  /** Files that are brought together: some megabytes of their names. */
  private static final int BATCH = 10_000;

  /** NAME_MAX of Linux file systems, in bytes. */
  private static final int LONGEST_NAME = 255;

  private final VersionKey key;
  private final TeamDisk disk;
  private final TeamSpace.Reservation room;
  private final FilesClient files;
  private final Filling filling;
  private final Path sealed;
  private final ExecutorService threads;
  private long fetchedBytes;
  private boolean complete;

  FilledFiles(
      VersionKey key,
      TeamDisk disk,
      TeamSpace.Reservation room,
      FilesClient files,
      CacheConfig config)
      throws IOException {
    this.key = key;
    this.disk = disk;
    this.room = room;
    this.files = files;
    this.filling = disk.fill(key.dataset(), key.version());
    this.sealed = disk.outputs().copyOf(key.dataset(), key.version());
    this.threads = Executors.newFixedThreadPool(config.transfers());
  }

  /** Bytes that came from the bucket. */
  long fetchedBytes() {
    return fetchedBytes;
  }

  /** Links what is there, which nothing can evict from then on, and reserves what is missing. */
  void linkPresent() throws IOException, RefusedException, UncacheableException {
    long[] missingBytes = {0};
    boolean[] missing = {false};
    files.<UncacheableException>list(
        key.team(),
        key.dataset(),
        key.version(),
        page -> {
          for (FileEntry file : page) {
            if (!link(file)) {
              missing[0] = true;
              missingBytes[0] += filling.miss(file.content()) ? file.sizeBytes() : 0;
            }
          }
        });
    room.grow(missingBytes[0]);
    complete = !missing[0];
  }

  /**
   * Fetches and checks what is missing, as many files at once as make long ranges, and links it.
   */
  void fetchMissing() throws Exception {
    if (complete) {
      return;
    }
    Missing missing = new Missing();
    files.<Exception>list(key.team(), key.dataset(), key.version(), missing::add);
    missing.bring();
  }

  /** Files that wait to be brought: bounded, since there may be any number. */
  private final class Missing {
    private final List<FileEntry> waiting = new ArrayList<>();

    void add(List<FileEntry> page) throws Exception {
      for (FileEntry file : page) {
        if (!link(file)) {
          waiting.add(file);
        }
      }
      if (waiting.size() >= BATCH) {
        bring();
      }
    }

    void bring() throws Exception {
      Map<ContentId, FileEntry> contents = new LinkedHashMap<>();
      waiting.forEach(file -> contents.putIfAbsent(file.content(), file));
      contents.keySet().removeAll(takeSealed(contents.values()));
      fetch(contents.values());
      for (FileEntry file : waiting) {
        if (!link(file)) {
          throw new IOException(file.path().quoted() + " was there and is gone; it is tried again");
        }
      }
      waiting.clear();
    }
  }

  private void fetch(Collection<FileEntry> contents)
      throws IOException, RefusedException, CorruptFileException {
    Map<FileEntry, Path> wanted = new LinkedHashMap<>();
    contents.forEach(file -> wanted.put(file, filling.missing(file.content())));
    try {
      files.fetch(key.team(), key.dataset(), key.version(), wanted);
    } catch (CorruptContentException e) {
      throw new CorruptFileException(e, contents);
    }
    for (FileEntry file : contents) {
      fetchedBytes += file.sizeBytes();
      add(file, wanted.get(file));
    }
  }

  private void add(FileEntry file, Path checked) throws IOException {
    if (disk.contents().add(file.content(), checked)) {
      room.spend(file.sizeBytes());
    }
  }

  /** Adds the contents that the sealed output has from which this version came; says which. */
  private Set<ContentId> takeSealed(Collection<FileEntry> contents) throws Exception {
    if (!Files.isDirectory(sealed, LinkOption.NOFOLLOW_LINKS)) {
      return Set.of();
    }
    Set<ContentId> taken = ConcurrentHashMap.newKeySet();
    List<Callable<Void>> checks = new ArrayList<>();
    for (FileEntry file : contents) {
      checks.add(
          () -> {
            Path output = sealed.resolve(file.path().toString());
            if (isSealed(file, output)) {
              add(file, output);
              taken.add(file.content());
            }
            return null;
          });
    }
    for (Future<Void> check : threads.invokeAll(checks)) {
      check.get();
    }
    return taken;
  }

  private static boolean isSealed(FileEntry file, Path output) throws IOException {
    if (!Files.isRegularFile(output, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(output)) {
      return FileCutter.digest(in, OutputStream.nullOutputStream())
          .content()
          .equals(file.content());
    }
  }

  private boolean link(FileEntry file) throws IOException, UncacheableException {
    for (String segment : file.path().toString().split("/")) {
      if (segment.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
        throw new UncacheableException(
            "%s cannot be cached: a file system's names have at most %d bytes."
                .formatted(file.path().quoted(), LONGEST_NAME),
            null);
      }
    }
    while (true) {
      try {
        return filling.link(file);
      } catch (FullContentException e) {
        room.grow(file.sizeBytes());
        if (disk.contents().renew(file.content())) {
          room.spend(file.sizeBytes());
        }
      } catch (InvalidPathException e) {
        throw new UncacheableException(
            file.path().quoted() + " cannot be a file here: " + e.getReason(), e);
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    room.close();
  }
}
