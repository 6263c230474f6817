package io.moraine.content.transfer;

import io.moraine.content.format.Limits;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Set;

/** The bytes of a file that are one content: all of them up to 32 MiB, else one piece. */
record Part(LocalFile file, int index) {
  private static final int BUFFER_BYTES = 256 << 10;

  long offset() {
    return (long) index * Limits.PIECE_BYTES;
  }

  int sizeBytes() {
    return (int) Math.min(Limits.PIECE_BYTES, file.sizeBytes() - offset());
  }

  boolean isLast() {
    return offset() + sizeBytes() == file.sizeBytes();
  }

  /**
   * Reads them.
   *
   * @throws FileChangedException if the file is not any more what it was
   */
  byte[] read() throws IOException {
    byte[] bytes = new byte[sizeBytes()];
    try (SeekableByteChannel channel = open()) {
      fill(channel, ByteBuffer.wrap(bytes));
    }
    requireUnchanged();
    return bytes;
  }

  /** Hashes them without keeping them; fails as {@link #read} does. */
  Sha256 hash() throws IOException {
    MessageDigest digest = Sha256.newDigest();
    byte[] buffer = new byte[Math.min(BUFFER_BYTES, sizeBytes())];
    try (SeekableByteChannel channel = open()) {
      for (int left = sizeBytes(); left > 0; left -= buffer.length) {
        ByteBuffer some = ByteBuffer.wrap(buffer, 0, Math.min(left, buffer.length));
        fill(channel, some);
        digest.update(buffer, 0, some.limit());
      }
    }
    requireUnchanged();
    return Sha256.finish(digest);
  }

  private SeekableByteChannel open() throws IOException {
    try {
      SeekableByteChannel channel =
          Files.newByteChannel(
              file.file(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
      return index == 0 ? channel : channel.position(offset());
    } catch (NoSuchFileException e) {
      throw changed("it is gone");
    }
  }

  private void fill(SeekableByteChannel channel, ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into) < 0) {
        throw changed("it is shorter than its " + file.sizeBytes() + " bytes");
      }
    }
  }

  private void requireUnchanged() throws IOException {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(file.file(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw changed("it is gone");
    }
    if (now.size() != file.sizeBytes()) {
      throw changed("it had " + file.sizeBytes() + " bytes, and has " + now.size());
    }
    if (!now.lastModifiedTime().equals(file.modified())) {
      throw changed("it was written to at " + now.lastModifiedTime());
    }
  }

  private FileChangedException changed(String how) {
    return new FileChangedException(file.path(), how);
  }
}
