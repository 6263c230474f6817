package io.moraine.cache.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.moraine.vocabulary.FilePath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Copies a tree that hostile processes may still change. Every step is relative to an open
 * directory and follows no link, so that a directory which is swapped for a link leads nowhere; a
 * file that grows is copied up to the size it had. One that is swapped for a pipe keeps whoever
 * opens it waiting, and nothing ends that wait: so a thread of its own copies, and is given up when
 * it does not come back.
 */
final class SealedCopy {
  private static final Set<OpenOption> READ_NO_LINK = Set.of(READ, NOFOLLOW_LINKS);
  private static final Set<OpenOption> WRITE_NO_LINK = Set.of(READ, WRITE, NOFOLLOW_LINKS);
  private static final int BUFFER_BYTES = 256 << 10;

  /** No file of a disk takes as long to open. */
  static final Duration OPEN_LIMIT = Duration.ofSeconds(30);

  private static final int LOOKS = 4;

  /** A file that is being opened. */
  private record Opening(
      SecureDirectoryStream<Path> directory, Path name, FilePath path, long sinceNanos) {}

  private final Path to;
  private final Room room;
  private final Duration openLimit;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private int files;
  private long reservedBytes;
  private volatile Opening opening;
  private volatile boolean isGivenUp;

  /**
   * @param room asked once for all that is there, and again for what has grown since
   */
  SealedCopy(Path to, Room room, Duration openLimit) {
    this.to = to;
    this.room = room;
    this.openLimit = openLimit;
  }

  /** Returns how many files there were. */
  int copy(Path from) throws IOException, UnsealableException {
    FutureTask<Integer> copying = new FutureTask<>(() -> copyAll(from));
    Thread thread = new Thread(copying, "seal");
    thread.setDaemon(true);
    thread.start();
    try {
      return result(copying);
    } finally {
      isGivenUp = true;
    }
  }

  private int result(FutureTask<Integer> copying) throws IOException, UnsealableException {
    while (true) {
      try {
        return copying.get(openLimit.toMillis() / LOOKS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        Opening now = opening;
        if (now != null && System.nanoTime() - now.sinceNanos() > openLimit.toNanos()) {
          isGivenUp = true;
          release(now);
          throw swapped(now.path());
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof UnsealableException unsealable) {
          throw unsealable;
        }
        if (e.getCause() instanceof IOException failure) {
          throw failure;
        }
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      }
    }
  }

  /** Who opens a pipe to write never waits when it may read as well, and ends the other's wait. */
  private static void release(Opening opening) {
    try {
      opening.directory().newByteChannel(opening.name(), WRITE_NO_LINK).close();
    } catch (IOException e) {
      return; // it is not there any more: the thread waits on, alone
    }
  }

  private int copyAll(Path from) throws IOException, UnsealableException {
    long bytes = measure(from);
    room.take(bytes);
    reservedBytes = bytes;
    visitAll(from, this::copyFile);
    return files;
  }

  private long measure(Path from) throws IOException, UnsealableException {
    long[] bytes = {0};
    visitAll(from, (directory, name, path, is) -> bytes[0] += is.size());
    return bytes[0];
  }

  @FunctionalInterface
  private interface Visitor {
    void file(
        SecureDirectoryStream<Path> directory, Path name, FilePath path, BasicFileAttributes is)
        throws IOException, UnsealableException;
  }

  private static void visitAll(Path from, Visitor visitor) throws IOException, UnsealableException {
    try (DirectoryStream<Path> parent = Files.newDirectoryStream(from.getParent())) {
      SecureDirectoryStream<Path> secure = Trees.secure(parent, from);
      if (!Trees.attributes(secure, from.getFileName()).isDirectory()) {
        throw new UnsealableException("The output's directory was replaced by something else.");
      }
      try (SecureDirectoryStream<Path> directory =
          secure.newDirectoryStream(from.getFileName(), NOFOLLOW_LINKS)) {
        visit(directory, "", visitor);
      }
    }
  }

  /** At most as deep as a path may be: 512 directories are open at once. */
  private static void visit(SecureDirectoryStream<Path> directory, String prefix, Visitor visitor)
      throws IOException, UnsealableException {
    for (Path entry : directory) {
      Path name = entry.getFileName();
      FilePath path = path(prefix, name);
      BasicFileAttributes is = Trees.attributes(directory, name);
      if (is.isDirectory()) {
        try (SecureDirectoryStream<Path> below =
            directory.newDirectoryStream(name, NOFOLLOW_LINKS)) {
          visit(below, path + "/", visitor);
        }
      } else if (is.isRegularFile()) {
        visitor.file(directory, name, path, is);
      } else {
        throw new UnsealableException(
            "%s is %s. An output may hold files and directories only: remove it, or write a file."
                .formatted(
                    path.quoted(),
                    is.isSymbolicLink() ? "a symbolic link" : "a device, pipe or socket"));
      }
    }
  }

  private void copyFile(
      SecureDirectoryStream<Path> directory, Path name, FilePath path, BasicFileAttributes before)
      throws IOException, UnsealableException {
    files++;
    take(before.size());
    Path copy = to.resolve(path.toString());
    Files.createDirectories(copy.getParent());
    try (SeekableByteChannel in = open(directory, name, path);
        FileChannel out = FileChannel.open(copy, CREATE_NEW, WRITE)) {
      transfer(in, out, before.size());
    }
    BasicFileAttributes after = Trees.attributes(directory, name);
    if (!after.isRegularFile() || !before.fileKey().equals(after.fileKey())) {
      throw swapped(path);
    }
    Modes.readOnlyFile(copy);
  }

  private void take(long bytes) {
    reservedBytes -= bytes;
    if (reservedBytes < 0) {
      room.take(-reservedBytes);
      reservedBytes = 0;
    }
  }

  private SeekableByteChannel open(SecureDirectoryStream<Path> directory, Path name, FilePath path)
      throws IOException, UnsealableException {
    opening = new Opening(directory, name, path, System.nanoTime());
    SeekableByteChannel in = directory.newByteChannel(name, READ_NO_LINK);
    opening = null;
    try {
      in.position(); // a pipe has none
    } catch (IOException e) {
      in.close();
      throw swapped(path);
    }
    if (isGivenUp) {
      in.close();
      throw new IOException("nobody waits for the copy any more");
    }
    return in;
  }

  private static UnsealableException swapped(FilePath path) {
    return new UnsealableException(
        path.quoted() + " was swapped for something else while it was sealed.");
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
