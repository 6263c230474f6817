package io.moraine.content.file;

import io.moraine.content.format.ByteReader;
import io.moraine.content.format.ByteWriter;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.content.format.StoredType;
import io.moraine.vocabulary.Sha256;
import java.util.ArrayList;
import java.util.List;

/**
 * The pieces of a file larger than 32 MiB, in order: each but the last is 32 MiB long, and the last
 * is the rest. Immutable, thread-safe.
 */
public record PieceList(long sizeBytes, List<Sha256> pieces) {
  private static final String WHAT = "list of pieces";

  public PieceList {
    pieces = List.copyOf(pieces);
    if (sizeBytes <= Limits.PIECE_BYTES || sizeBytes > Limits.FILE_BYTES) {
      throw new IllegalArgumentException(
          "a file of "
              + sizeBytes
              + " bytes is not stored as a list of pieces: those have more"
              + " than 32 MiB and up to 32 TiB.");
    }
    if (pieces.size() != count(sizeBytes)) {
      throw new IllegalArgumentException(
          "a file of "
              + sizeBytes
              + " bytes has "
              + count(sizeBytes)
              + " pieces, not "
              + pieces.size()
              + ".");
    }
  }

  /** The number of pieces of a file of {@code sizeBytes}, one for an empty file. */
  public static int count(long sizeBytes) {
    return Math.toIntExact(Math.max(1, (sizeBytes + Limits.PIECE_BYTES - 1) / Limits.PIECE_BYTES));
  }

  /** The length of the stored list of a file of {@code sizeBytes}, in bytes. */
  public static int encodedBytes(long sizeBytes) {
    int varint = (63 - Long.numberOfLeadingZeros(sizeBytes | 1)) / 7 + 1;
    return 1 + varint + count(sizeBytes) * Sha256.BYTES;
  }

  /** The length of the piece at {@code index}. */
  public int pieceBytes(int index) {
    return (int) Math.min(Limits.PIECE_BYTES, sizeBytes - (long) index * Limits.PIECE_BYTES);
  }

  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.u8(StoredType.LIST.code());
    out.varint(sizeBytes);
    pieces.forEach(out::sha256);
    return out.toBytes();
  }

  /** The identity of {@code encoded}, which is what {@link #encode} returned. */
  static ContentId contentOf(byte[] encoded) {
    return new ContentId(ContentKind.LIST, Sha256.of(encoded));
  }

  /** Reads a stored list; whatever {@link #encode} would not have written is refused. */
  public static PieceList decode(byte[] bytes) {
    ByteReader in = new ByteReader(WHAT, bytes);
    if (bytes.length > Limits.OBJECT_BYTES) {
      throw in.wrong("it has " + bytes.length + " bytes; the most is " + Limits.OBJECT_BYTES);
    }
    int type = in.u8();
    if (type != StoredType.LIST.code()) {
      throw in.wrong("its first byte is " + type + ", not a list's");
    }
    long sizeBytes = in.varint();
    if (sizeBytes <= Limits.PIECE_BYTES || sizeBytes > Limits.FILE_BYTES) {
      throw in.wrong("it is for a file of " + sizeBytes + " bytes, not of more than 32 MiB");
    }
    int count = count(sizeBytes);
    in.require(count * Sha256.BYTES);
    List<Sha256> pieces = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      pieces.add(in.sha256());
    }
    in.end();
    return new PieceList(sizeBytes, pieces);
  }

  /** As {@link #decode(byte[])}, and checks that the bytes are the list {@code expected} names. */
  public static PieceList decode(byte[] bytes, Sha256 expected) {
    if (!Sha256.of(bytes).equals(expected)) {
      throw new FormatException(
          "list of pieces "
              + expected
              + ": the bytes that came for it have another SHA-256; fetch"
              + " it again.");
    }
    return decode(bytes);
  }
}
