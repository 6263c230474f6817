package io.moraine.dataset.imports;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** The entries of a tar. What stands between their bodies is read into memory, and so limited. */
final class TarEntries implements ArchiveEntries {
  /** Two paths of a thousand bytes and some attributes are a few KiB. */
  private static final long MOST_HEADER_BYTES = 1 << 20;

  private static final Set<Byte> FILES =
      Set.of(
          TarConstants.LF_OLDNORM,
          TarConstants.LF_NORMAL,
          TarConstants.LF_CONTIG,
          TarConstants.LF_GNUTYPE_SPARSE);

  private final Headers source;
  private final Tar tar;

  TarEntries(InputStream in) {
    this.source = new Headers(in);
    this.tar = new Tar(source);
  }

  @Override
  public Optional<Entry> next() throws IOException {
    source.begin();
    TarArchiveEntry entry = tar.getNextEntry();
    source.end();
    if (entry == null) {
      requireEnd();
      return Optional.empty();
    }
    return Optional.of(new Entry(entry.getName(), kind(entry), entry.getRealSize(), tar));
  }

  /** Also reads what follows, so that whatever it is packed in is checked to its end. */
  private void requireEnd() throws IOException {
    if (!tar.hasEnd) {
      throw new IOException("it breaks off before its end");
    }
    source.transferTo(OutputStream.nullOutputStream());
  }

  private Kind kind(TarArchiveEntry entry) {
    if (entry.isDirectory()) {
      return Kind.DIRECTORY;
    }
    if (!tar.canReadEntryData(entry)) {
      return Kind.UNREADABLE;
    }
    return FILES.contains(entry.getLinkFlag()) ? Kind.FILE : Kind.OTHER;
  }

  /** Knows an end that is marked from one that just happens. */
  private static final class Tar extends TarArchiveInputStream {
    private boolean hasEnd;

    Tar(InputStream in) {
      super(in, StandardCharsets.UTF_8.name());
    }

    @Override
    protected boolean isEOFRecord(byte[] record) {
      boolean isEnd = super.isEOFRecord(record);
      hasEnd |= isEnd && record != null;
      return isEnd;
    }
  }

  /** Fails while headers are read that are too long. */
  private static final class Headers extends FilterInputStream {
    private boolean isHeader;
    private long bytes;

    Headers(InputStream in) {
      super(in);
    }

    void begin() {
      isHeader = true;
      bytes = 0;
    }

    void end() {
      isHeader = false;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      require(read);
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(count);
      require(skipped);
      return skipped;
    }

    private void require(long read) throws IOException {
      bytes += Math.max(0, read);
      if (isHeader && bytes > MOST_HEADER_BYTES) {
        throw new IOException(
            "the headers of an entry have more than " + MOST_HEADER_BYTES + " bytes");
      }
    }
  }
}
