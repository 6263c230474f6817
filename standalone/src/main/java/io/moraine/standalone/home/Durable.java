package io.moraine.standalone.home;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** Files that are whole or absent, and still there after the power went. */
public final class Durable {

  private Durable() {}

  /** Makes the bytes of a file, or the names in a directory, survive a loss of power. */
  public static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Makes {@code directory} and its missing parents, each known to its parent on disk. */
  public static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    createDirectories(directory.getParent());
    Files.createDirectories(directory);
    sync(directory.getParent());
  }

  /** Moves {@code whole}, itself already synced, to its final name in one step. */
  public static void publish(Path whole, Path name) throws IOException {
    Files.move(whole, name, ATOMIC_MOVE);
    sync(name.getParent());
  }

  /** Removes a file or a whole directory; symbolic links are removed, never followed. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(each);
      }
    }
  }
}
