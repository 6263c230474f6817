package io.moraine.cache.version;

import static java.util.stream.Collectors.groupingBy;

import io.moraine.cache.CacheConfig;
import io.moraine.cache.disk.Filling;
import io.moraine.cache.disk.FullContentException;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.cache.remote.FilesClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.cache.space.TeamSpace;
import io.moraine.content.file.CutFile;
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
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The files of one version while it is put together. The listing is gone through a page at a time,
 * once to link what is there and to know what is missing, and once more to fetch that.
 */
final class FilledFiles implements AutoCloseable {
  /** Bytes that came wrong on the way come right again; bytes that are wrong do not. */
  private static final int ATTEMPTS = 3;

  /** NAME_MAX of Linux file systems, in bytes. */
  private static final int LONGEST_NAME = 255;

  private final VersionKey key;
  private final TeamDisk disk;
  private final TeamSpace.Reservation room;
  private final FilesClient files;
  private final Filling filling;
  private final Path sealed;
  private final ExecutorService threads;
  private final AtomicLong fetchedBytes = new AtomicLong();
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

  /** Bytes that came from dataset-service. */
  long fetchedBytes() {
    return fetchedBytes.get();
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

  /** Fetches and checks what is missing, several files at once, and links it. */
  void fetchMissing()
      throws IOException, RefusedException, CorruptFileException, UncacheableException {
    if (complete) {
      return;
    }
    List<Exception> failures = new ArrayList<>();
    files.<UncacheableException>list(
        key.team(), key.dataset(), key.version(), page -> failures.addAll(fetch(page)));
    if (!failures.isEmpty()) {
      rethrow(failures.get(0));
    }
  }

  private List<Exception> fetch(List<FileEntry> page) throws IOException {
    List<Callable<Void>> fetches = new ArrayList<>();
    for (List<FileEntry> same : page.stream().collect(groupingBy(FileEntry::content)).values()) {
      fetches.add(
          () -> {
            bring(same);
            return null;
          });
    }
    List<Exception> failures = new ArrayList<>();
    try {
      for (Future<Void> fetched : threads.invokeAll(fetches)) {
        try {
          fetched.get();
        } catch (ExecutionException e) {
          failures.add((Exception) e.getCause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while fetching " + key, e);
    }
    return failures;
  }

  private void bring(List<FileEntry> same) throws Exception {
    FileEntry first = same.get(0);
    if (!link(first)) {
      add(first);
    }
    for (FileEntry file : same) {
      if (!link(file)) {
        throw new IOException(file.path().quoted() + " was there and is gone; it is tried again");
      }
    }
  }

  /** Adds a content that the cache lacks: from the sealed output that it came from, or fetched. */
  private void add(FileEntry file) throws Exception {
    Path output = sealed.resolve(file.path().toString());
    Path checked = isSealed(file, output) ? output : fetch(file);
    if (disk.contents().add(file.content(), checked)) {
      room.spend(file.sizeBytes());
    }
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

  private Path fetch(FileEntry file) throws Exception {
    Path to = filling.missing(file.content());
    ContentId found = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      found = copy(file, to);
      if (found.equals(file.content())) {
        fetchedBytes.addAndGet(file.sizeBytes());
        return to;
      }
    }
    throw new CorruptFileException(file, found.toString());
  }

  private ContentId copy(FileEntry file, Path to) throws IOException, RefusedException {
    try (InputStream in = files.open(key.team(), key.dataset(), key.version(), file);
        OutputStream out = Files.newOutputStream(to)) {
      CutFile copied = FileCutter.digest(in, out);
      return copied.content();
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

  private static void rethrow(Exception failure)
      throws IOException, RefusedException, CorruptFileException, UncacheableException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RefusedException e) {
      throw e;
    }
    if (failure instanceof CorruptFileException e) {
      throw e;
    }
    if (failure instanceof UncacheableException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    throw new IllegalStateException(failure);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    room.close();
  }
}
