package io.moraine.dataset.imports;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/**
 * The entries of a zip as they stand before its directory. Each has to have the size and the CRC
 * that the archive says before it or behind it, and the directory as many entries as there are. A
 * link is only told by the directory: it comes as a file that holds its target, which is no harm to
 * a version.
 */
final class ZipEntries implements ArchiveEntries {
  private final Tail source;
  private final ZipArchiveInputStream zip;
  private long count;
  private ZipArchiveEntry before;
  private Measured measured;

  ZipEntries(InputStream in) {
    this.source = new Tail(in);
    this.zip = new ZipArchiveInputStream(source, StandardCharsets.UTF_8.name());
  }

  @Override
  public Optional<Entry> next() throws IOException {
    ZipArchiveEntry entry = zip.getNextEntry();
    requireAsSaid();
    if (entry == null) {
      requireDirectory();
      return Optional.empty();
    }
    count++;
    Kind kind = kind(entry);
    before = kind == Kind.UNREADABLE ? null : entry;
    measured = new Measured(zip);
    return Optional.of(new Entry(entry.getName(), kind, entry.getSize(), measured));
  }

  private Kind kind(ZipArchiveEntry entry) {
    if (entry.isDirectory()) {
      return Kind.DIRECTORY;
    }
    if (!zip.canReadEntryData(entry)) {
      return Kind.UNREADABLE;
    }
    return entry.isUnixSymlink() ? Kind.OTHER : Kind.FILE;
  }

  /** What stands behind a body is known once the next entry is. */
  private void requireAsSaid() throws IOException {
    if (before == null) {
      return;
    }
    boolean isSize = before.getSize() < 0 || before.getSize() == measured.bytes;
    boolean isCrc = before.getCrc() < 0 || before.getCrc() == measured.crc.getValue();
    if (!isSize || !isCrc) {
      throw new IOException(
          "the bytes of "
              + EntryName.shown(before.getName())
              + " have not the size and the checksum that it says");
    }
  }

  private void requireDirectory() throws IOException {
    source.skipRest();
    Optional<Integer> entries = source.entriesOfDirectory();
    if (entries.isEmpty()) {
      throw new IOException("it breaks off before the end of its directory");
    }
    if (entries.get() != Tail.MANY && entries.get() != (count & 0xffff)) {
      throw new IOException(
          "its directory has %d entries, but %d are there".formatted(entries.get(), count));
    }
  }

  /** Hashes a body while it is read. */
  private static final class Measured extends FilterInputStream {
    private final CRC32 crc = new CRC32();
    private long bytes;

    Measured(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      if (read > 0) {
        crc.update(buffer, offset, read);
        bytes += read;
      }
      return read;
    }
  }

  /** Keeps the last bytes, where a directory ends (APPNOTE 4.3.16). */
  private static final class Tail extends FilterInputStream {
    /** What stands for a count that has no room. */
    static final int MANY = 0xffff;

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int ENTRIES_AT = 10;
    private static final int COMMENT_LENGTH_AT = 20;
    private static final int KEPT_BYTES = END_BYTES + 0xffff;

    private final byte[] kept = new byte[2 * KEPT_BYTES];
    private int length;

    Tail(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int wanted) throws IOException {
      int read = in.read(buffer, offset, wanted);
      if (read > 0) {
        keep(buffer, offset, read);
      }
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      byte[] skipped = new byte[(int) Math.min(count, KEPT_BYTES)];
      return Math.max(0, read(skipped, 0, skipped.length));
    }

    private void keep(byte[] bytes, int offset, int count) {
      int last = Math.min(count, KEPT_BYTES);
      if (length + last > kept.length) {
        int stay = Math.min(length, KEPT_BYTES);
        System.arraycopy(kept, length - stay, kept, 0, stay);
        length = stay;
      }
      System.arraycopy(bytes, offset + count - last, kept, length, last);
      length += last;
    }

    void skipRest() throws IOException {
      byte[] buffer = new byte[KEPT_BYTES];
      while (read(buffer, 0, buffer.length) >= 0) {
        // Kept as it is read.
      }
    }

    /** How many the directory says that it has, mod 65,536; none when there is no end of one. */
    Optional<Integer> entriesOfDirectory() {
      ByteBuffer tail = ByteBuffer.wrap(kept, 0, length).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = length - END_BYTES; at >= 0 && at >= length - KEPT_BYTES; at--) {
        boolean isEnd =
            tail.getInt(at) == END_SIGNATURE
                && Short.toUnsignedInt(tail.getShort(at + COMMENT_LENGTH_AT))
                    == length - at - END_BYTES;
        if (isEnd) {
          return Optional.of(Short.toUnsignedInt(tail.getShort(at + ENTRIES_AT)));
        }
      }
      return Optional.empty();
    }
  }
}
