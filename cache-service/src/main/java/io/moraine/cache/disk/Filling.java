package io.moraine.cache.disk;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.moraine.content.format.ContentId;
import io.moraine.content.tree.FileEntry;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A version that is being put together, out of sight. Every file in it is a link of a checked
 * content; for each content that is not there yet, {@code missing/} has an empty file, into which
 * it is fetched. So any number of files takes no memory, and a fill that was broken off goes on
 * with what it has.
 *
 * <p>{@link #link} and {@link #miss} may be called from several threads, for different files.
 */
public final class Filling {
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

  /** Begins, or goes on with what an earlier attempt linked. */
  void begin() throws IOException {
    Files.createDirectories(tree);
    Trees.delete(missing);
    Files.createDirectory(missing);
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
  public boolean link(FileEntry file) throws IOException, FullContentException {
    Path at = tree.resolve(file.path().toString());
    // Looked at first: the file here may be a full one, out of which its content's name has moved.
    if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
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

  /**
   * Makes the version visible, at once and whole: read-only, durable, then renamed to its place.
   *
   * @param files how many it has
   */
  void publish(long files) throws IOException {
    Trees.makeReadOnly(tree);
    Trees.sync(tree, files);
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
