package io.moraine.cache.disk;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes what was written survive a loss of power. */
final class Durable {
  private Durable() {}

  /** One file's bytes and attributes, or one directory's names. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ)) {
      channel.force(true);
    }
  }

  /**
   * Everything on the file system that holds {@code path}: for many files the cheaper way. Java has
   * no syncfs, so this runs {@code sync -f} (coreutils).
   */
  static void syncFileSystem(Path path) throws IOException {
    Process sync = new ProcessBuilder("sync", "-f", path.toString()).inheritIO().start();
    try {
      int code = sync.waitFor();
      if (code != 0) {
        throw new IOException("sync -f " + path + " ended with code " + code);
      }
    } catch (InterruptedException e) {
      sync.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during sync -f " + path, e);
    }
  }

  /** Makes {@code directory} and what is missing above it; each new name is durable. */
  static void makeDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    makeDirectories(directory.getParent());
    try {
      Files.createDirectory(directory);
    } catch (java.nio.file.FileAlreadyExistsException e) {
      return; // made by another thread meanwhile, which syncs it
    }
    sync(directory.getParent());
  }
}
