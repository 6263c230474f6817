package io.moraine.content.file;

import io.moraine.content.format.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Cuts a stream into the contents that stand for it: one blob up to 32 MiB, pieces of 32 MiB and
 * their list above. Blocking. Not thread-safe; one cutter serves one stream after another with the
 * same buffer, which grows by doubling to what arrives and never beyond one piece (while it
 * doubles, the old half lives too).
 */
public final class FileCutter {
  /** Given as a length, stands for a stream that ends when it ends. */
  public static final long UNKNOWN_LENGTH = -1;

  private static final int FIRST_BUFFER = 64 << 10;

  private final IntConsumer beforeGrowth;
  private byte[] buffer = new byte[FIRST_BUFFER];

  /** A cutter that takes the memory it needs. */
  public FileCutter() {
    this(bytes -> {});
  }

  /**
   * @param beforeGrowth is told how many bytes the buffer is about to have; may wait, and fail
   */
  public FileCutter(IntConsumer beforeGrowth) {
    this.beforeGrowth = beforeGrowth;
  }

  /**
   * Reads {@code in} to its end and hands each piece to {@code sink}; an empty file is one empty
   * piece. Closes nothing.
   *
   * @param announcedBytes the length that the stream must have, or {@link #UNKNOWN_LENGTH}
   * @throws WrongLengthException if it has another; pieces before were handed over, but the file is
   *     not whole and must not be entered anywhere
   */
  public CutFile cut(InputStream in, long announcedBytes, PieceSink sink) throws IOException {
    FileDigester digester = new FileDigester();
    LengthCheck length = new LengthCheck(announcedBytes);
    int filled;
    boolean first = true;
    do {
      filled = fill(in);
      length.add(filled);
      if (filled > 0 || first) {
        digester.update(buffer, 0, filled);
        sink.accept(buffer, filled, digester.endPiece());
        first = false;
      }
    } while (filled == Limits.PIECE_BYTES);
    length.end();
    return digester.finish();
  }

  /**
   * Says what {@code in} would be cut into, and copies it to {@code copy} on the way ({@link
   * OutputStream#nullOutputStream()} to check only). Needs 64 KiB, whatever the length; closes
   * nothing.
   */
  public static CutFile digest(InputStream in, OutputStream copy) throws IOException {
    FileDigester digester = new FileDigester();
    byte[] chunk = new byte[FIRST_BUFFER];
    boolean open = true; // a piece that has bytes, or the only one
    int read;
    while ((read = in.readNBytes(chunk, 0, chunk.length)) > 0) {
      digester.update(chunk, 0, read);
      copy.write(chunk, 0, read);
      open = digester.room() > 0;
      if (!open) {
        digester.endPiece();
      }
    }
    if (open) {
      digester.endPiece();
    }
    return digester.finish();
  }

  /** Fills the buffer with the next piece, growing it as bytes arrive. */
  private int fill(InputStream in) throws IOException {
    int filled = 0;
    while (filled < Limits.PIECE_BYTES) {
      if (filled == buffer.length) {
        int grown = Math.min(buffer.length * 2, Limits.PIECE_BYTES);
        beforeGrowth.accept(grown);
        buffer = Arrays.copyOf(buffer, grown);
      }
      int read = in.read(buffer, filled, buffer.length - filled);
      if (read < 0) {
        break;
      }
      filled += read;
    }
    return filled;
  }

  private static final class LengthCheck {
    private final long announcedBytes;
    private long seen;

    LengthCheck(long announcedBytes) {
      this.announcedBytes = announcedBytes;
    }

    void add(long bytes) throws WrongLengthException {
      seen += bytes;
      if (announcedBytes >= 0 && seen > announcedBytes) {
        throw new WrongLengthException(announcedBytes, "more came");
      }
    }

    void end() throws WrongLengthException {
      if (announcedBytes >= 0 && seen < announcedBytes) {
        throw new WrongLengthException(announcedBytes, "it ended after " + seen);
      }
    }
  }
}
