package io.moraine.cache.disk;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The links {@code {dataset-name}/{tag}} beside the cached versions, for people: relative, each
 * switched at once and durable when a call returns. A name's directory may hold links of two
 * datasets for a moment, when one took over the other's name; each dataset touches its own alone.
 * Thread-safe for different datasets.
 */
public final class TagLinks {
  private static final String UNFINISHED = ".new-";

  private final Path datasets;

  TagLinks(Path datasets) {
    this.datasets = datasets;
  }

  /** Makes {@code versions}, by tag, exactly what the name's links to this dataset are. */
  public void set(DatasetName name, DatasetId dataset, Map<String, VersionId> versions)
      throws IOException {
    Path directory = datasets.resolve(name.text());
    if (!versions.isEmpty()) {
      Durable.makeDirectories(directory);
      for (Map.Entry<String, VersionId> tag : versions.entrySet()) {
        point(directory.resolve(tag.getKey()), target(dataset, tag.getValue()));
      }
      // Also when all were there: who made them may have died before.
      Durable.sync(directory);
    }
    remove(
        directory,
        link -> {
          VersionId wanted = versions.get(link.getFileName().toString());
          Path target = Files.readSymbolicLink(link);
          return isOf(dataset, target)
              && (wanted == null || !target.equals(target(dataset, wanted)));
        });
  }

  /** Removes the links to one version, before it goes. */
  public void drop(DatasetName name, DatasetId dataset, VersionId version) throws IOException {
    remove(
        datasets.resolve(name.text()),
        link -> Files.readSymbolicLink(link).equals(target(dataset, version)));
  }

  private interface Test {
    boolean of(Path link) throws IOException;
  }

  private static void remove(Path directory, Test which) throws IOException {
    boolean any = false;
    try (DirectoryStream<Path> links = Files.newDirectoryStream(directory, Files::isSymbolicLink)) {
      for (Path link : links) {
        if (which.of(link)) {
          any |= Files.deleteIfExists(link);
        }
      }
      if (any) {
        Durable.sync(directory);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      return; // other links are in it
    }
  }

  private static void point(Path link, Path target) throws IOException {
    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
      return;
    }
    // A tag begins with a letter or digit, so no tag has this name.
    Path unfinished = link.resolveSibling(UNFINISHED + link.getFileName());
    Files.deleteIfExists(unfinished);
    Files.createSymbolicLink(unfinished, target);
    Files.move(unfinished, link, ATOMIC_MOVE);
  }

  private static Path target(DatasetId dataset, VersionId version) {
    return Path.of("..", dataset.text(), version.text());
  }

  private static boolean isOf(DatasetId dataset, Path target) {
    return target.getNameCount() == 3 && target.getName(1).toString().equals(dataset.text());
  }
}
