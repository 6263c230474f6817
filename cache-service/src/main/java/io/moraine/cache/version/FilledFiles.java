package io.moraine.cache.version;

import io.moraine.cache.CacheConfig;
import io.moraine.cache.disk.Filling;
import io.moraine.cache.disk.FullContentException;
import io.moraine.cache.disk.LooseContentException;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.cache.disk.UnfitTreeException;
import io.moraine.cache.remote.FilesClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.cache.space.TeamSpace;
import io.moraine.content.file.CorruptContentException;
import io.moraine.content.file.FileCutter;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/**
 * The files of one version while it is put together: from nothing, or from a cached version and
 * what differs from it. Either is gone through a page at a time, once to link what is there and to
 * know what is missing, and once more to fetch that.
 */
final class FilledFiles implements AutoCloseable {
  /** Files that are brought together: some megabytes of their names. */
  private static final int BATCH = 10_000;

  /** Their bytes, as far as there are several: some megabytes of the names of their pieces. */
  private static final long BATCH_BYTES = 64L << 30;

  /** NAME_MAX of Linux file systems, in bytes. */
  private static final int LONGEST_NAME = 255;

  /** Hands over the files that have to come into their places. */
  private interface Listing {
    <E extends Exception> void list(FilesClient.Pages<E> pages)
        throws IOException, RefusedException, E;
  }

  private final VersionKey key;
  private final TeamDisk disk;
  private final TeamSpace space;
  private final TeamSpace.Reservation room;
  private final FilesClient files;
  private final Filling filling;
  private final Path sealed;
  private final ExecutorService threads;
  private final Listing listing;
  private final Optional<Changes> changes;
  // By inode: the few contents of files that have as many links as they may have.
  private final Map<Object, ContentId> fullContents = new HashMap<>();
  private final LongAdder fetchedBytes = new LongAdder();
  private boolean complete;
  private boolean isClosed;

  /**
   * @param base the version as which this one begins, with what differs from it
   */
  FilledFiles(
      VersionKey key,
      TeamDisk disk,
      TeamSpace space,
      FilesClient files,
      Optional<Base> base,
      CacheConfig config)
      throws IOException {
    this.key = key;
    this.disk = disk;
    this.space = space;
    this.room = space.reservation();
    this.files = files;
    this.changes = base.map(Base::changes);
    this.listing = changes.<Listing>map(c -> c::after).orElse(this::whole);
    this.filling =
        disk.fill(key.dataset(), key.version(), base.map(b -> b.version().key().version()));
    this.sealed = disk.outputs().copyOf(key.dataset(), key.version());
    this.threads = Executors.newFixedThreadPool(config.transfers());
  }

  /** A cached version, and what makes it into the one that is filled. */
  record Base(CachedVersion version, Changes changes) {}

  private <E extends Exception> void whole(FilesClient.Pages<E> pages)
      throws IOException, RefusedException, E {
    files.list(key.team(), key.dataset(), key.version(), pages);
  }

  /** Bytes that came from the bucket. */
  long fetchedBytes() {
    return fetchedBytes.sum();
  }

  /**
   * Links what the base has and this version has as well. From then on the base is not needed.
   *
   * @throws UnfitBaseException when the base is gone, or is not what the changes are from
   */
  void linkBase(VersionKey base)
      throws IOException, RefusedException, UncacheableException, UnfitBaseException {
    if (filling.hasBase()) {
      return;
    }
    try {
      filling.<UncacheableException>linkAll(
          disk.version(base.dataset(), base.version()), this::linkByContent);
      changes
          .orElseThrow()
          .<RuntimeException>before(
              page -> {
                for (FileEntry file : page) {
                  filling.remove(file.path());
                }
              });
    } catch (NoSuchFileException | DirectoryNotEmptyException e) {
      throw new UnfitBaseException(
          "%s left the cache meanwhile, or has not %s".formatted(base, e.getMessage()), e);
    }
    filling.endBase();
  }

  /** Links a file of the base that may have no more links: a copy of it, which others share. */
  private void linkByContent(FilePath path, Path file) throws IOException, UncacheableException {
    Object inode = Files.getAttribute(file, "unix:ino");
    ContentId content = fullContents.get(inode);
    if (content == null) {
      try (InputStream in = Files.newInputStream(file)) {
        content = FileCutter.digest(in, OutputStream.nullOutputStream()).content();
      }
      fullContents.put(inode, content);
    }
    if (!link(new FileEntry(path, Files.size(file), content))) {
      throw new NoSuchFileException(file.toString());
    }
  }

  /** Links what is there, which nothing can evict from then on, and reserves what is missing. */
  void linkPresent() throws IOException, RefusedException, UncacheableException {
    long[] missingBytes = {0};
    boolean[] missing = {false};
    listing.<UncacheableException>list(
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
    listing.<Exception>list(missing::add);
    missing.bring();
  }

  /** Makes it visible; see {@link Filling#publish}. */
  void publish(CachedVersion version) throws IOException, UnfitTreeException {
    filling.publish(version.files(), version.bytes());
  }

  /** Files that wait to be brought: bounded, since there may be any number. */
  private final class Missing {
    private final List<FileEntry> waiting = new ArrayList<>();
    private long waitingBytes;

    void add(List<FileEntry> page) throws Exception {
      for (FileEntry file : page) {
        if (!link(file)) {
          waiting.add(file);
          waitingBytes += file.sizeBytes();
          if (waiting.size() >= BATCH || waitingBytes >= BATCH_BYTES) {
            bring();
          }
        }
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
      waitingBytes = 0;
    }
  }

  private void fetch(Collection<FileEntry> contents)
      throws IOException, RefusedException, CorruptFileException {
    Map<FileEntry, Path> wanted = new LinkedHashMap<>();
    contents.forEach(file -> wanted.put(file, filling.missing(file.content())));
    try {
      files.fetch(key.team(), key.dataset(), key.version(), wanted, this::fetched);
    } catch (CorruptContentException e) {
      throw new CorruptFileException(e, contents);
    }
  }

  /** From then on it is used by this version: an attempt that goes on has it. */
  private void fetched(FileEntry file) throws IOException {
    add(file, filling.missing(file.content()));
    fetchedBytes.add(file.sizeBytes());
    try {
      link(file);
    } catch (UncacheableException e) {
      throw new IOException(e); // it was linked before, or found not to be
    }
  }

  /** Not after the room was given back: a fetch that failed has threads that still end. */
  private synchronized void add(FileEntry file, Path checked) throws IOException {
    if (isClosed) {
      throw new IOException("the fill has ended");
    }
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
      } catch (LooseContentException e) {
        space.giveBack(disk.contents().check(file.content()));
      } catch (InvalidPathException e) {
        throw new UncacheableException(
            file.path().quoted() + " cannot be a file here: " + e.getReason(), e);
      }
    }
  }

  /** Removes what was fetched in part before its room is another's. */
  @Override
  public synchronized void close() throws IOException {
    isClosed = true;
    threads.shutdownNow();
    try {
      filling.removeMissing();
    } finally {
      room.close();
    }
  }
}
