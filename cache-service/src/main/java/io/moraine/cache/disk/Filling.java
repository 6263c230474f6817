package io.moraine.cache.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A version that is being put together, out of sight. Every file in it is a link of a checked
 * content; for each content that is not there yet, {@code missing/} has an empty file, into which
 * it is fetched. So any number of files takes no memory, and a fill that was broken off goes on
 * with what it has.
 *
 * <p>{@link #link} and {@link #miss} may be called from several threads, for different files.
 */
public final class Filling {
  private static final String BASE = "base";
  private static final String BASE_DONE = "base-done";

  private final Path root;
  private final Path tree;
  private final Path missing;
  private final Path target;
  private final Contents contents;

  Filling(Path root, Path target, Contents contents) {
    this.root = root;
    this.tree = root.resolve("tree");
    this.missing = root.resolve("missing");
    this.target = target;
    this.contents = contents;
  }

  /**
   * Begins, or goes on with what an earlier attempt linked that began as the same version: what
   * another one left in its place may be another file of the same path.
   */
  void begin(Optional<VersionId> base) throws IOException {
    if (!base.equals(begunAs()) || base.isPresent() && !hasBase()) {
      Trees.delete(root);
    }
    Files.createDirectories(tree);
    if (base.isPresent() && !hasBase()) {
      Files.createSymbolicLink(root.resolve(BASE), Path.of(base.get().text()));
    }
    Trees.delete(missing);
    Files.createDirectory(missing);
  }

  /** Whether an earlier attempt linked what this version has of its base, and nothing else. */
  public boolean hasBase() {
    return Files.exists(root.resolve(BASE_DONE), NOFOLLOW_LINKS);
  }

  /** What was linked of the base is what this version has of it. */
  public void endBase() throws IOException {
    Files.createFile(root.resolve(BASE_DONE));
  }

  /** A link that leads nowhere says which: it is there whole or not at all. */
  private Optional<VersionId> begunAs() throws IOException {
    try {
      return Optional.of(new VersionId(Files.readSymbolicLink(root.resolve(BASE)).toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Takes files of which no link may be made as they are. */
  @FunctionalInterface
  public interface FullFiles<E extends Exception> {
    void full(FilePath path, Path file) throws IOException, E;
  }

  /**
   * Links every file of {@code version}, a cached one, in its place, where nothing may be yet.
   * Takes two calls of the system a file, and no word of what is in it.
   *
   * @param full told of files that have as many links as they may have, which are left out
   * @throws NoSuchFileException when the version goes meanwhile
   */
  public <E extends Exception> void linkAll(Path version, FullFiles<E> full) throws IOException, E {
    Deque<Path> directories = new ArrayDeque<>(List.of(Path.of("")));
    while (!directories.isEmpty()) {
      Path directory = directories.pop();
      Files.createDirectories(tree.resolve(directory));
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(version.resolve(directory))) {
        for (Path entry : entries) {
          Path relative = directory.resolve(entry.getFileName());
          Map<String, Object> is =
              Files.readAttributes(entry, "unix:isDirectory,nlink", NOFOLLOW_LINKS);
          if ((boolean) is.get("isDirectory")) {
            directories.push(relative);
          } else if (contents.isFull((int) is.get("nlink"))) {
            full.full(FilePath.of(relative.toString()), entry);
          } else {
            Files.createLink(tree.resolve(relative), entry);
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
  }

  /**
   * Takes a file out of its place, and the directories that are empty then.
   *
   * @throws NoSuchFileException when it is not there
   */
  public void remove(FilePath path) throws IOException {
    Path at = tree.resolve(path.toString());
    Files.delete(at);
    Trees.deleteEmpty(at.getParent(), tree);
  }

  /**
   * Notes that a content has to be fetched: makes the empty file {@link #missing}. False when an
   * earlier file of this version has the same content.
   */
  public boolean miss(ContentId content) throws IOException {
    try {
      Files.createFile(missing(content));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /**
   * Puts a file into its place if its content is here; true as well when it is in its place
   * already.
   */
  public boolean link(FileEntry file)
      throws IOException, FullContentException, LooseContentException {
    Path at = tree.resolve(file.path().toString());
    // Looked at first: the file here may be a full one, out of which its content's name has moved.
    if (Files.exists(at, NOFOLLOW_LINKS)) {
      return true;
    }
    try {
      return contents.link(file.content(), at);
    } catch (NoSuchFileException e) {
      Files.createDirectories(at.getParent());
      return contents.link(file.content(), at);
    }
  }

  /** Where a missing content is fetched into. */
  public Path missing(ContentId content) {
    return missing.resolve(Contents.name(content));
  }

  /** Removes what was missing and did not become a content. */
  public void removeMissing() throws IOException {
    Trees.delete(missing);
  }

  /**
   * Makes the version visible, at once and whole: read-only, durable, then renamed to its place.
   *
   * @param files how many it has
   * @param bytes of all of them together
   * @throws UnfitTreeException when what was put together has others; it is gone then
   */
  public void publish(long files, long bytes) throws IOException, UnfitTreeException {
    TreeSize size = Trees.makeReadOnly(tree);
    if (size.files() != files || size.bytes() != bytes) {
      discard();
      throw new UnfitTreeException(size, new TreeSize(files, bytes));
    }
    Trees.sync(tree, files);
    contents.sync();
    Durable.makeDirectories(target.getParent());
    Files.move(tree, target, ATOMIC_MOVE);
    Modes.readOnlyDirectory(target);
    Durable.sync(target.getParent());
    discard();
  }

  /** Removes what was put together; contents that nothing else uses are left to a sweep. */
  void discard() throws IOException {
    Trees.delete(root);
  }
}
