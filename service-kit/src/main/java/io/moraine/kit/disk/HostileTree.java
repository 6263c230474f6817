package io.moraine.kit.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.UUID;

/**
 * Removes a directory that hostile work filled. Everything is done relative to open directories and
 * never through a link, so that a directory that is swapped for a link meanwhile leads nowhere; and
 * directories are lifted to the top instead of being descended into, so that no depth of nesting
 * takes more than two open directories, a deep stack, or a path that is too long. What is removed
 * halfway is removed by the next call. Blocking.
 */
public final class HostileTree {
  private static final Set<PosixFilePermission> OWNER =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Path path;

  private HostileTree(Path path) {
    this.path = path;
  }

  /** Removes {@code path} and all below; does nothing when it is not there. */
  public static void remove(Path path) throws IOException {
    try (SecureDirectoryStream<Path> parent = open(path.getParent())) {
      Path name = path.getFileName();
      if (!isDirectory(parent, name)) {
        parent.deleteFile(name);
        return;
      }
      HostileTree tree = new HostileTree(path);
      while (tree.removeLevel(parent, name)) {
        // What was one level below now lies at the top: once more.
      }
      parent.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** Removes the files at the top and in its directories; whether anything was there. */
  private boolean removeLevel(SecureDirectoryStream<Path> parent, Path name) throws IOException {
    boolean any = false;
    try (SecureDirectoryStream<Path> top = enter(parent, name, path)) {
      for (Path entry : top) {
        any = true;
        Path child = entry.getFileName();
        if (isDirectory(top, child)) {
          lift(top, child);
        } else {
          top.deleteFile(child);
        }
      }
    }
    return any;
  }

  /** Removes the directory {@code child} once its own directories are moved to the top. */
  private void lift(SecureDirectoryStream<Path> top, Path child) throws IOException {
    try (SecureDirectoryStream<Path> directory = enter(top, child, path.resolve(child))) {
      for (Path entry : directory) {
        Path grandchild = entry.getFileName();
        if (isDirectory(directory, grandchild)) {
          // Moving a directory writes its "..", for which its own mode has to allow.
          enter(directory, grandchild, path.resolve(child).resolve(grandchild)).close();
          directory.move(grandchild, top, Path.of(UUID.randomUUID().toString()));
        } else {
          directory.deleteFile(grandchild);
        }
      }
    }
    top.deleteDirectory(child);
  }

  /** Opens a directory of any mode and lets its owner do everything in it. */
  private static SecureDirectoryStream<Path> enter(
      SecureDirectoryStream<Path> parent, Path name, Path path) throws IOException {
    SecureDirectoryStream<Path> directory;
    try {
      directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    } catch (AccessDeniedException e) {
      // Without the right to read it there is no handle to change its mode by: only its path.
      Files.setPosixFilePermissions(path, OWNER);
      directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    }
    try {
      directory.getFileAttributeView(PosixFileAttributeView.class).setPermissions(OWNER);
      return directory;
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  private static boolean isDirectory(SecureDirectoryStream<Path> parent, Path name)
      throws IOException {
    return parent
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .isDirectory();
  }

  private static SecureDirectoryStream<Path> open(Path directory) throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(directory);
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new IOException(directory + " lies on a file system without handles for directories");
  }
}
