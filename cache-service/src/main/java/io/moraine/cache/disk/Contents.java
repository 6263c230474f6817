package io.moraine.cache.disk;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.moraine.content.file.FileCutter;
import io.moraine.content.format.ContentId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One link of every content that a team's cache holds, {@code {2 hex}/{kind}-{sha256}}. A content
 * is in use for as long as its file has another link, in a cached version or in one that is being
 * filled; {@link #sweep} removes the others. One that is not in use may be what a fill left that
 * was killed, and not whole: it is {@link #check checked} before it is linked. So the links say
 * what is there, what is shared and what an eviction frees, and the bytes of the team's cache are
 * those of the files in here.
 *
 * <p>Where a file has as many links as it may have, a copy takes its place, and the full one stays
 * beside it as {@code {kind}-{sha256}.{n}} until it is out of use.
 *
 * <p>Thread-safe.
 */
public final class Contents {
  private static final int DIRECTORIES = 256;
  private static final String UNFINISHED = ".new";

  private final Path root;
  private final int linksPerFile;
  // One per directory: linking a content and finding that nobody links it exclude each other.
  private final Object[] locks = new Object[DIRECTORIES];
  // Those with names that a loss of power may take back.
  private final Set<Integer> unsynced = ConcurrentHashMap.newKeySet();
  private final Object syncing = new Object();
  // Not in use, read since the start, and about to be linked.
  private final Set<ContentId> checked = ConcurrentHashMap.newKeySet();

  Contents(Path root, int linksPerFile) {
    this.root = root;
    this.linksPerFile = linksPerFile;
    for (int i = 0; i < DIRECTORIES; i++) {
      locks[i] = new Object();
    }
  }

  /**
   * Links the content at {@code to}, where nothing may be yet, and which keeps it in use from then
   * on. False when it is not here.
   *
   * @throws FullContentException when its file has as many links as it may have: {@link #renew} it
   * @throws LooseContentException when it is not in use: {@link #check} it
   */
  public boolean link(ContentId id, Path to)
      throws IOException, FullContentException, LooseContentException {
    Path content = path(id);
    synchronized (lock(id)) {
      int links;
      try {
        links = links(content);
      } catch (NoSuchFileException e) {
        return false;
      }
      if (isFull(links)) {
        throw new FullContentException(id);
      }
      if (links == 1 && !checked.contains(id)) {
        throw new LooseContentException(id);
      }
      Files.createLink(to, content);
      checked.remove(id);
      return true;
    }
  }

  /**
   * Reads a content that is not in use, which can be linked then, and removes it when it is not
   * what it should be. Returns the bytes that this freed.
   */
  public long check(ContentId id) throws IOException {
    Path content = path(id);
    ContentId found;
    try (InputStream in = Files.newInputStream(content)) {
      found = FileCutter.digest(in, OutputStream.nullOutputStream()).content();
    } catch (NoSuchFileException e) {
      return 0;
    }
    synchronized (lock(id)) {
      if (found.equals(id)) {
        checked.add(id);
        return 0;
      }
      return unlinkIfLoose(content);
    }
  }

  /**
   * Puts a copy in the place of a file that is full, for which the caller has room. False when
   * another did so meanwhile, or the content is gone.
   */
  public boolean renew(ContentId id) throws IOException {
    Path content = path(id);
    synchronized (lock(id)) {
      try {
        if (!isFull(content)) {
          return false;
        }
      } catch (NoSuchFileException e) {
        return false;
      }
      replaceByCopy(content);
      checked.add(id);
      unsynced.add(directory(id));
      return true;
    }
  }

  private boolean isFull(Path content) throws IOException {
    return isFull(links(content));
  }

  private static int links(Path content) throws IOException {
    return (int) Files.getAttribute(content, "unix:nlink");
  }

  /** Whether a file with so many links may have no more. */
  boolean isFull(int links) {
    return links >= linksPerFile;
  }

  /**
   * Adds the checked content that {@code file} holds as another link of that file, which is made
   * read-only. False when the content is here already: then {@code file} is not needed.
   */
  public boolean add(ContentId id, Path file) throws IOException {
    Modes.readOnlyFile(file);
    Path content = path(id);
    synchronized (lock(id)) {
      try {
        Files.createLink(content, file);
      } catch (NoSuchFileException e) {
        Durable.makeDirectories(content.getParent());
        Files.createLink(content, file);
      } catch (FileAlreadyExistsException e) {
        return false;
      }
      unsynced.add(directory(id));
      return true;
    }
  }

  /**
   * Makes durable which contents are here, of all that were added before the call: one that a
   * version has and that is not found here after a loss of power would neither be counted nor
   * shared.
   */
  void sync() throws IOException {
    synchronized (syncing) { // who finds nothing to do has waited for who did it
      for (int directory : Set.copyOf(unsynced)) {
        unsynced.remove(directory); // before: what is added meanwhile is synced again
        try {
          Durable.sync(root.resolve(name(directory)));
        } catch (IOException e) {
          unsynced.add(directory);
          throw e;
        }
      }
    }
  }

  /** Removes what no version uses. Returns the bytes that this freed. */
  public long sweep() throws IOException {
    return sweep(path -> true);
  }

  /** Removes copies that are not finished, and full files, as far as no version uses them. */
  void sweepUnnamed() throws IOException {
    sweep(path -> path.getFileName().toString().contains("."));
  }

  private long sweep(DirectoryStream.Filter<Path> which) throws IOException {
    long freed = 0;
    for (int i = 0; i < DIRECTORIES; i++) {
      synchronized (locks[i]) {
        freed += sweep(root.resolve(name(i)), which);
      }
    }
    return freed;
  }

  private static long sweep(Path directory, DirectoryStream.Filter<Path> which) throws IOException {
    long freed = 0;
    try (DirectoryStream<Path> contents = Files.newDirectoryStream(directory, which)) {
      for (Path content : contents) {
        freed += unlinkIfLoose(content);
      }
    } catch (NoSuchFileException e) {
      return 0;
    }
    return freed;
  }

  private static long unlinkIfLoose(Path content) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(content, "unix:nlink,size");
    if ((int) attributes.get("nlink") > 1) {
      return 0;
    }
    Files.delete(content);
    return (long) attributes.get("size");
  }

  /**
   * What the contents of a team take.
   *
   * @param bytes of all that is here
   * @param looseBytes of those among them that are not in use
   */
  public record Usage(long bytes, long looseBytes) {}

  public Usage usage() throws IOException {
    long bytes = 0;
    long loose = 0;
    for (int i = 0; i < DIRECTORIES; i++) {
      try (DirectoryStream<Path> contents = Files.newDirectoryStream(root.resolve(name(i)))) {
        for (Path content : contents) {
          Map<String, Object> attributes = Files.readAttributes(content, "unix:nlink,size");
          bytes += (long) attributes.get("size");
          loose += (int) attributes.get("nlink") == 1 ? (long) attributes.get("size") : 0;
        }
      } catch (NoSuchFileException e) {
        continue;
      }
    }
    return new Usage(bytes, loose);
  }

  private static void replaceByCopy(Path content) throws IOException {
    Path copy = content.resolveSibling(content.getFileName() + UNFINISHED);
    try {
      Files.copy(content, copy);
      Modes.readOnlyFile(copy);
      Files.move(content, fullName(content), ATOMIC_MOVE);
      Files.move(copy, content, ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  private static Path fullName(Path content) {
    int n = 1;
    while (Files.exists(content.resolveSibling(content.getFileName() + "." + n))) {
      n++;
    }
    return content.resolveSibling(content.getFileName() + "." + n);
  }

  private Path path(ContentId id) {
    return root.resolve(id.sha256().hex().substring(0, 2)).resolve(name(id));
  }

  static String name(ContentId id) {
    return id.kind().name().toLowerCase(Locale.ROOT) + "-" + id.sha256().hex();
  }

  private static String name(int directory) {
    return String.format("%02x", directory);
  }

  private static int directory(ContentId id) {
    return id.sha256().toBytes()[0] & 0xff;
  }

  private Object lock(ContentId id) {
    return locks[directory(id)];
  }
}
