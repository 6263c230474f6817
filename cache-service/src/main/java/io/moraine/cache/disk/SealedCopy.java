package io.moraine.cache.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.moraine.vocabulary.FilePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * Copies a tree that hostile processes may still change. Every step is relative to an open
 * directory and follows no link, so that a directory which is swapped for a link leads nowhere; a
 * file that grows is copied up to the size it had.
 */
final class SealedCopy {
  private static final Set<java.nio.file.OpenOption> READ_NO_LINK = Set.of(READ, NOFOLLOW_LINKS);
  private static final int BUFFER_BYTES = 256 << 10;

  private final Path to;
  private final Room room;
  private int files;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  SealedCopy(Path to, Room room) {
    this.to = to;
    this.room = room;
  }

  /** Returns how many files there were. */
  int copy(Path from) throws IOException, UnsealableException {
    try (DirectoryStream<Path> parent = Files.newDirectoryStream(from.getParent())) {
      SecureDirectoryStream<Path> secure = Trees.secure(parent, from);
      if (!Trees.attributes(secure, from.getFileName()).isDirectory()) {
        throw new UnsealableException("The output's directory was replaced by something else.");
      }
      try (SecureDirectoryStream<Path> directory =
          secure.newDirectoryStream(from.getFileName(), NOFOLLOW_LINKS)) {
        copy(directory, "");
      }
    }
    return files;
  }

  private void copy(SecureDirectoryStream<Path> directory, String prefix)
      throws IOException, UnsealableException {
    for (Path entry : directory) {
      Path name = entry.getFileName();
      FilePath path = path(prefix, name);
      BasicFileAttributes before = Trees.attributes(directory, name);
      if (before.isDirectory()) {
        try (SecureDirectoryStream<Path> below =
            directory.newDirectoryStream(name, NOFOLLOW_LINKS)) {
          copy(below, path + "/");
        }
      } else if (before.isRegularFile()) {
        copyFile(directory, name, path, before);
      } else {
        throw new UnsealableException(
            "%s is %s. An output may hold files and directories only: remove it, or write a file."
                .formatted(
                    path.quoted(),
                    before.isSymbolicLink() ? "a symbolic link" : "a device, pipe or socket"));
      }
    }
  }

  private void copyFile(
      SecureDirectoryStream<Path> directory, Path name, FilePath path, BasicFileAttributes before)
      throws IOException, UnsealableException {
    files++;
    room.take(before.size());
    Path copy = to.resolve(path.toString());
    Files.createDirectories(copy.getParent());
    try (SeekableByteChannel in = directory.newByteChannel(name, READ_NO_LINK);
        FileChannel out = FileChannel.open(copy, CREATE_NEW, WRITE)) {
      transfer(in, out, before.size());
    }
    BasicFileAttributes after = Trees.attributes(directory, name);
    if (!after.isRegularFile() || !before.fileKey().equals(after.fileKey())) {
      throw new UnsealableException(
          path.quoted() + " was swapped for something else while it was sealed.");
    }
    Modes.readOnlyFile(copy);
  }

  private void transfer(ByteChannel in, ByteChannel out, long bytes) throws IOException {
    long left = bytes;
    while (left > 0) {
      buffer.clear().limit((int) Math.min(left, buffer.capacity()));
      int read = in.read(buffer);
      if (read < 0) {
        return; // it was cut while we read: what is there is what counts
      }
      left -= read;
      buffer.flip();
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
    }
  }

  private static FilePath path(String prefix, Path name) throws UnsealableException {
    String text = name.toString();
    if (!Path.of(text).equals(name)) {
      throw new UnsealableException(
          "A name below \"%s\" is not UTF-8 (it reads like \"%s\"): rename it."
              .formatted(prefix, text));
    }
    try {
      return FilePath.of(prefix + text);
    } catch (IllegalArgumentException e) {
      throw new UnsealableException(e.getMessage());
    }
  }
}
