package io.moraine.cli.tree;

import io.moraine.cli.tree.StatCache.Remembered;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * A file that remembers the files of a directory, ascending by path. It is written and read as it
 * comes, so that a million files take no memory here. It ends with the CRC-32C of all before it:
 * damage is noticed, and malice is not its business.
 */
public final class StatFile {
  private static final int MAGIC = 'M' << 24 | 'S' << 16 | 'C' << 8 | 2;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int CHECKSUM_BYTES = Integer.BYTES;

  /** Of each file, before its path: its length, trust, size, times, inode, kind and digest. */
  private static final int FIXED_BYTES = Short.BYTES + 1 + 4 * Long.BYTES + 1 + Sha256.BYTES;

  private StatFile() {}

  /**
   * Writes {@code file}, at once or not at all, readable by its owner only.
   *
   * @param directory whose files they are
   * @param digest of the version that has exactly these files, if there is one
   * @param files so many as {@code count} says
   */
  public static void write(
      Path file, Path directory, Optional<Sha256> digest, int count, Iterator<Remembered> files)
      throws IOException {
    Files.createDirectories(file.getParent());
    Path fresh =
        Files.createTempFile(
            file.getParent(),
            "new",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (OutputStream out = Files.newOutputStream(fresh)) {
        write(out, directory, digest, count, files);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void write(
      OutputStream into,
      Path directory,
      Optional<Sha256> digest,
      int count,
      Iterator<Remembered> files)
      throws IOException {
    // The processor has an instruction for it, which even a JVM that has just started uses.
    CheckedOutputStream checked = new CheckedOutputStream(into, new CRC32C());
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(checked, BUFFER_BYTES));
    out.writeInt(MAGIC);
    byte[] name = directory.toString().getBytes(StandardCharsets.UTF_8);
    out.writeInt(name.length);
    out.write(name);
    out.writeBoolean(digest.isPresent());
    out.write(digest.orElse(Sha256.of(new byte[0])).toBytes());
    out.writeInt(count);
    ByteBuffer fixed = ByteBuffer.allocate(FIXED_BYTES);
    while (files.hasNext()) {
      write(files.next(), fixed.clear(), out);
    }
    out.flush();
    out.writeInt((int) checked.getChecksum().getValue());
    out.flush();
  }

  private static void write(Remembered file, ByteBuffer fixed, OutputStream out)
      throws IOException {
    byte[] path = file.entry().path().toString().getBytes(StandardCharsets.UTF_8);
    Stat stat = file.stat();
    fixed
        .putShort((short) path.length)
        .put((byte) (file.isTrusted() ? 1 : 0))
        .putLong(stat.sizeBytes())
        .putLong(stat.modifiedNanos())
        .putLong(stat.changedNanos())
        .putLong(stat.inode())
        .put((byte) file.entry().content().kind().code())
        .put(file.entry().content().sha256().toBytes());
    out.write(fixed.array());
    out.write(path);
  }

  /**
   * Opens {@code file}, whose checksum is right.
   *
   * @param directory whose files it has to remember
   * @throws IOException if there is none, or it is damaged, or of another directory or time
   */
  public static Reader open(Path file, Path directory) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      requireWhole(in, Files.size(file) - CHECKSUM_BYTES);
    }
    InputStream in = Files.newInputStream(file);
    try {
      return new Reader(new BufferedInputStream(in, BUFFER_BYTES), directory);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static void requireWhole(InputStream in, long length) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (long left = length; left > 0; ) {
      int read = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
      if (read == 0) {
        break;
      }
      checksum.update(buffer, 0, read);
      left -= read;
    }
    byte[] end = in.readNBytes(CHECKSUM_BYTES + 1);
    if (length < 0
        || end.length != CHECKSUM_BYTES
        || ByteBuffer.wrap(end).getInt() != (int) checksum.getValue()) {
      throw new IOException("a damaged stat cache");
    }
  }

  /**
   * The files that are remembered, in order. A failure to read is an {@link UncheckedIOException}.
   */
  public static final class Reader implements Iterator<Remembered>, Closeable {
    private final DataInputStream in;
    private final Optional<Sha256> digest;
    private final int count;
    private final byte[] fixed = new byte[FIXED_BYTES];
    private int left;

    private Reader(InputStream bytes, Path directory) throws IOException {
      in = new DataInputStream(bytes);
      if (in.readInt() != MAGIC) {
        throw new IOException("a stat cache of another time");
      }
      byte[] name = in.readNBytes(in.readInt());
      if (!new String(name, StandardCharsets.UTF_8).equals(directory.toString())) {
        throw new IOException("the stat cache of another directory");
      }
      boolean isVersion = in.readBoolean();
      Sha256 found = Sha256.ofBytes(in.readNBytes(Sha256.BYTES));
      digest = isVersion ? Optional.of(found) : Optional.empty();
      count = in.readInt();
      left = count;
    }

    /** Of the version that has exactly these files, if there is one. */
    public Optional<Sha256> digest() {
      return digest;
    }

    /** How many there are in all. */
    public int count() {
      return count;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public Remembered next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      left--;
      try {
        return read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Remembered read() throws IOException {
      in.readFully(fixed);
      ByteBuffer read = ByteBuffer.wrap(fixed);
      byte[] path = new byte[Short.toUnsignedInt(read.getShort())];
      in.readFully(path);
      boolean isTrusted = read.get() == 1;
      long sizeBytes = read.getLong();
      Stat stat =
          new Stat(Stat.Type.FILE, sizeBytes, read.getLong(), read.getLong(), read.getLong());
      ContentKind kind = ContentKind.ofCode(read.get());
      ContentId content = new ContentId(kind, Sha256.ofBytes(fixed, read.position()));
      FilePath name = FilePath.ofUtf8(path, 0, path.length);
      return new Remembered(new FileEntry(name, sizeBytes, content), stat, isTrusted);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
