package io.moraine.content.file;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Streams files out of their contents, one piece open at a time, the next opened when the one
 * before has ended.
 *
 * <p>A content that is read whole is checked against its SHA-256 before its last bytes are handed
 * out: a reader that sees the end of the stream has right bytes, and one that sees a {@link
 * CorruptContentException} must throw away what it got. A content that is read in part, as the
 * first and last of a byte range can be, cannot be checked; only its length is. Thread-safe if its
 * source is; the streams are for one thread each.
 */
public final class FileReader {
  private final BlobSource source;

  public FileReader(BlobSource source) {
    this.source = Objects.requireNonNull(source, "source");
  }

  /** The whole file of {@code sizeBytes} that {@code content} stands for. */
  public InputStream open(ContentId content, long sizeBytes) throws IOException {
    return open(content, sizeBytes, 0, sizeBytes);
  }

  /**
   * {@code length} bytes of it from {@code offset}.
   *
   * @throws IllegalArgumentException if the range is not within the file
   * @throws CorruptContentException if the list of a large file is not what its digest names
   */
  public InputStream open(ContentId content, long sizeBytes, long offset, long length)
      throws IOException {
    if (offset < 0 || length < 0 || offset > sizeBytes - length) {
      throw new IllegalArgumentException(
          "bytes "
              + offset
              + " to "
              + (offset + length)
              + " are not within a file of "
              + sizeBytes
              + " bytes.");
    }
    return switch (content.kind()) {
      case BLOB -> part(content, sizeBytes, offset, length);
      case LIST -> new PieceStream(list(content, sizeBytes), offset, length);
      case NODE -> throw new IllegalArgumentException(content + " is no file.");
    };
  }

  private PieceList list(ContentId content, long sizeBytes) throws IOException {
    int bytes = PieceList.encodedBytes(sizeBytes);
    try (InputStream in = source.open(content, 0, bytes)) {
      PieceList list = PieceList.decode(in.readNBytes(bytes), content.sha256());
      if (list.sizeBytes() != sizeBytes) {
        throw new CorruptContentException(
            content,
            "it is the list of a file of " + list.sizeBytes() + " bytes, not " + sizeBytes);
      }
      return list;
    } catch (FormatException e) {
      throw (IOException) new CorruptContentException(content, e.getMessage()).initCause(e);
    }
  }

  private InputStream part(ContentId content, long contentBytes, long offset, long length)
      throws IOException {
    boolean whole = offset == 0 && length == contentBytes;
    return new CheckedStream(source.open(content, offset, length), content, length, whole);
  }

  /** What a range covers of the pieces, each opened when its turn comes. */
  private final class PieceStream extends InputStream {
    private final PieceList list;
    private final long end;
    private long next;
    private InputStream piece = InputStream.nullInputStream();

    PieceStream(PieceList list, long offset, long length) {
      this.list = list;
      this.next = offset;
      this.end = offset + length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read;
      while ((read = piece.read(buffer, offset, length)) < 0 && next < end) {
        piece.close();
        piece = open();
      }
      return read;
    }

    private InputStream open() throws IOException {
      int index = (int) (next / Limits.PIECE_BYTES);
      long from = next % Limits.PIECE_BYTES;
      long length = Math.min(list.pieceBytes(index) - from, end - next);
      next += length;
      ContentId content = new ContentId(ContentKind.BLOB, list.pieces().get(index));
      return part(content, list.pieceBytes(index), from, length);
    }

    @Override
    public void close() throws IOException {
      next = end;
      piece.close();
    }
  }
}
