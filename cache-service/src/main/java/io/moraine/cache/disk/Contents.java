package io.moraine.cache.disk;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.moraine.content.format.ContentId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * One link of every content that a team's cache holds, {@code {2 hex}/{kind}-{sha256}}. A content
 * is in use for as long as its file has another link, in a cached version or in one that is being
 * filled; {@link #sweep} removes the others. So the links say what is there, what is shared and
 * what an eviction frees, and the bytes of the team's cache are those of the files in here.
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
   */
  public boolean link(ContentId id, Path to) throws IOException, FullContentException {
    Path content = path(id);
    synchronized (lock(id)) {
      try {
        if (isFull(content)) {
          throw new FullContentException(id);
        }
      } catch (NoSuchFileException e) {
        return false;
      }
      Files.createLink(to, content);
      return true;
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
      return true;
    }
  }

  private boolean isFull(Path content) throws IOException {
    return (int) Files.getAttribute(content, "unix:nlink") >= linksPerFile;
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
        Files.createDirectories(content.getParent());
        Files.createLink(content, file);
      } catch (FileAlreadyExistsException e) {
        return false;
      }
      return true;
    }
  }

  /** Removes what no version uses. Returns the bytes that this freed. */
  public long sweep() throws IOException {
    long freed = 0;
    for (int i = 0; i < DIRECTORIES; i++) {
      synchronized (locks[i]) {
        freed += sweep(root.resolve(String.format("%02x", i)));
      }
    }
    return freed;
  }

  private static long sweep(Path directory) throws IOException {
    long freed = 0;
    try (DirectoryStream<Path> contents = Files.newDirectoryStream(directory)) {
      for (Path content : contents) {
        Map<String, Object> attributes = Files.readAttributes(content, "unix:nlink,size");
        if ((int) attributes.get("nlink") == 1) {
          Files.delete(content);
          freed += (long) attributes.get("size");
        }
      }
    } catch (NoSuchFileException e) {
      return 0;
    }
    return freed;
  }

  /** The bytes of all that is here. */
  public long bytes() throws IOException {
    long bytes = 0;
    for (int i = 0; i < DIRECTORIES; i++) {
      try (DirectoryStream<Path> contents =
          Files.newDirectoryStream(root.resolve(String.format("%02x", i)))) {
        for (Path content : contents) {
          bytes += Files.size(content);
        }
      } catch (NoSuchFileException e) {
        continue;
      }
    }
    return bytes;
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

  private Object lock(ContentId id) {
    return locks[id.sha256().toBytes()[0] & 0xff];
  }
}
