package io.moraine.cache.disk;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Works on whole directory trees of our own; links are never followed. */
final class Trees {
  private Trees() {}

  /** Removes {@code root} and all below it, whatever the modes; nothing to do when it is absent. */
  static void delete(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Modes.ours(directory);
            return FileVisitResult.CONTINUE;
          }

          // A directory that could not be opened is reported here: its mode forbade it.
          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || Files.isReadable(path)) {
              throw e;
            }
            Modes.ours(path);
            delete(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** What lies in {@code directory}; nothing when it is absent. */
  static List<Path> below(Path directory) throws IOException {
    List<Path> below = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(below::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return below;
  }

  /** Removes {@code directory} and those above it up to {@code top}, as far as they are empty. */
  static void deleteEmpty(Path directory, Path top) throws IOException {
    try {
      for (Path empty = directory; !empty.equals(top); empty = empty.getParent()) {
        Files.deleteIfExists(empty);
      }
    } catch (DirectoryNotEmptyException e) {
      return; // the rest is in use
    }
  }

  /**
   * The bytes of the files that have no link but the one below {@code root} and one elsewhere; a
   * file with several links below it does not count.
   */
  static long lastLinkBytes(Path root) throws IOException {
    long[] bytes = {0};
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if ((int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) == 2) {
              bytes[0] += attributes.size();
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  /** Makes every directory below {@code root}, but not itself, read-only. */
  static void makeReadOnly(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            if (!directory.equals(root)) {
              Modes.readOnlyDirectory(directory);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Makes every file and directory of a small tree durable, names last. */
  static void sync(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Durable.sync(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Durable.sync(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
