package io.moraine.cache.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.moraine.kit.disk.HostileTree;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Works on whole directory trees of our own; links are never followed. */
final class Trees {
  /** Measured on ext4: up to here some tenths of a second, and no wait for other teams' writes. */
  private static final int SYNCED_ONE_BY_ONE = 1_000;

  private Trees() {}

  /**
   * Removes {@code root} and all below it, whatever the modes and however deep; nothing to do when
   * it is absent.
   */
  static void delete(Path root) throws IOException {
    HostileTree.remove(root);
  }

  /** The handle of an open directory, which every Linux file system has. */
  static SecureDirectoryStream<Path> secure(DirectoryStream<Path> directory, Path what)
      throws IOException {
    if (directory instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IOException("the file system of " + what + " has no handles of directories");
  }

  /** What lies under a name in an open directory, links not followed. */
  static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    return directory
        .getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW_LINKS)
        .readAttributes();
  }

  /** What lies in {@code directory}; nothing when it is absent. */
  static List<Path> below(Path directory) throws IOException {
    List<Path> below = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(below::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
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
            if ((int) Files.getAttribute(file, "unix:nlink", NOFOLLOW_LINKS) == 2) {
              bytes[0] += attributes.size();
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  /** Makes every directory below {@code root}, but not itself, read-only; says what is there. */
  static TreeSize makeReadOnly(Path root) throws IOException {
    long[] files = {0};
    long[] bytes = {0};
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files[0]++;
            bytes[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

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
    return new TreeSize(files[0], bytes[0]);
  }

  /**
   * Makes a tree durable: a small one file by file, names last; a large one with all that its file
   * system holds.
   */
  static void sync(Path root, long files) throws IOException {
    if (files > SYNCED_ONE_BY_ONE) {
      Durable.syncFileSystem(root);
      return;
    }
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
