package io.moraine.cache.disk;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What jobs write, and the sealed copies of it. A job's directory is everybody's to write; once
 * sealed it lies where no path of a job leads, and its files are copied, since a descriptor that
 * stayed open can still write into the originals. Thread-safe for different outputs.
 */
public final class Outputs {
  private static final String LEFT = "left";
  private static final String TREE = "tree";

  private final Path root;

  Outputs(Path root) {
    this.root = root;
  }

  /** Where a job's output lies while the job writes it. */
  public Path directory(RunName run, RunName job, int attempt, RunName output) {
    return root.resolve("outputs")
        .resolve(run.text())
        .resolve(job.text())
        .resolve(Integer.toString(attempt))
        .resolve(output.text());
  }

  /** Makes the directory for a job that runs as any user. Repeatable. */
  public void open(Path directory) throws IOException {
    Durable.makeDirectories(directory);
    Modes.everybodys(directory);
    Durable.sync(directory);
  }

  /**
   * Takes a job's directory away from it, into {@code sealing/}. Repeatable; a directory that is
   * not there any more was taken before, or is empty.
   */
  public void seal(Path directory, DatasetId dataset, VersionId version) throws IOException {
    Path left = sealing(dataset, version).resolve(LEFT);
    Durable.makeDirectories(left.getParent());
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      Durable.makeDirectories(left);
      return;
    }
    Files.move(directory, left, ATOMIC_MOVE);
    Durable.sync(left.getParent());
    Durable.sync(directory.getParent());
    Trees.deleteEmpty(directory.getParent(), root.resolve("outputs"));
  }

  /**
   * Copies what was sealed into files of our own, from the start; durable when it returns. What
   * fails leaves nothing of the copy.
   *
   * @param room asked for all bytes before any is written, and for more where a file has grown
   * @throws UnsealableException when something in it can be no file of a version
   */
  public void copy(DatasetId dataset, VersionId version, Room room)
      throws IOException, UnsealableException {
    Path sealing = sealing(dataset, version);
    Path tree = sealing.resolve(TREE);
    Trees.delete(tree);
    Files.createDirectory(tree);
    boolean isWhole = false;
    try {
      int files = new SealedCopy(tree, room, SealedCopy.OPEN_LIMIT).copy(sealing.resolve(LEFT));
      Trees.sync(tree, files);
      Durable.sync(sealing);
      isWhole = true;
    } finally {
      if (!isWhole) {
        Trees.delete(tree);
      }
    }
  }

  /** The sealed copy of the output that became, or will become, this version. */
  public Path copyOf(DatasetId dataset, VersionId version) {
    return sealing(dataset, version).resolve(TREE);
  }

  /** What takes the files of a sealed copy. */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    void file(FilePath path, Path file, long sizeBytes) throws IOException, E;
  }

  /** Hands every file of the sealed copy to {@code visitor}. */
  public <E extends Exception> void visitCopy(
      DatasetId dataset, VersionId version, Visitor<E> visitor) throws IOException, E {
    Path tree = copyOf(dataset, version);
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        visitor.file(FilePath.of(tree.relativize(file).toString()), file, Files.size(file));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The bytes of the sealed copy, as far as it is there. */
  public long copiedBytes(DatasetId dataset, VersionId version) throws IOException {
    long[] bytes = {0};
    if (Files.isDirectory(copyOf(dataset, version), LinkOption.NOFOLLOW_LINKS)) {
      visitCopy(dataset, version, (path, file, size) -> bytes[0] += size);
    }
    return bytes[0];
  }

  /** Removes a job's directory. */
  public void remove(Path directory) throws IOException {
    Path trash = root.resolve("trash");
    Path removed = trash.resolve(UUID.randomUUID().toString());
    Files.createDirectories(trash);
    try {
      Files.move(directory, removed, ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return;
    }
    Trees.delete(removed);
    Trees.deleteEmpty(directory.getParent(), root.resolve("outputs"));
  }

  /** Removes what was sealed, and its copy. */
  public void removeSealed(DatasetId dataset, VersionId version) throws IOException {
    Trees.delete(sealing(dataset, version));
  }

  /** Removes every job's directory and everything sealed but what is named. */
  public void removeUnless(Set<Path> directories, Set<PresentVersion> sealed) throws IOException {
    for (Path run : Trees.below(root.resolve("outputs"))) {
      for (Path job : Trees.below(run)) {
        for (Path attempt : Trees.below(job)) {
          for (Path output : Trees.below(attempt)) {
            if (!directories.contains(output)) {
              remove(output);
            }
          }
        }
      }
    }
    Set<Path> kept = new HashSet<>();
    sealed.forEach(version -> kept.add(sealing(version.dataset(), version.version())));
    for (Path sealing : Trees.below(root.resolve("sealing"))) {
      if (!kept.contains(sealing)) {
        Trees.delete(sealing);
      }
    }
  }

  private Path sealing(DatasetId dataset, VersionId version) {
    return root.resolve("sealing").resolve(dataset + "." + version);
  }
}
