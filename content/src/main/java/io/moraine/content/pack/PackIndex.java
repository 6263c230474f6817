package io.moraine.content.pack;

import io.moraine.content.format.ByteReader;
import io.moraine.content.format.ByteWriter;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.Sha256;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a pack says it holds. Contents follow one another from byte 0 without a gap and the index
 * follows the last, so nothing overlaps and every byte of the object is accounted for. It is a
 * claim until {@link Pack} has hashed the contents. Immutable, thread-safe.
 */
public record PackIndex(List<PackEntry> entries) {
  /** Digest, kind, offset and length of one content. */
  static final int ENTRY_BYTES = 1 + Sha256.BYTES + 4 + 4;

  /** Number of entries, magic and format version. */
  static final int TRAILER_BYTES = 8;

  /** As many last bytes of the object as always hold the index. */
  public static final int MAX_TAIL_BYTES = Limits.PACK_CONTENTS * ENTRY_BYTES + TRAILER_BYTES;

  private static final int MAGIC = 'M' << 24 | 'P' << 16 | 'K' << 8 | Limits.FORMAT_VERSION;

  public PackIndex {
    entries = List.copyOf(entries);
  }

  /** Bytes of the object from the index's first on, for {@code count} contents. */
  static int tailBytes(int count) {
    return count * ENTRY_BYTES + TRAILER_BYTES;
  }

  /**
   * Reads the index of an object of {@code objectBytes} bytes from its last bytes: all of them, or
   * {@link #MAX_TAIL_BYTES}.
   *
   * @throws FormatException if it is no pack, or if contents overlap, leave gaps, come twice or lie
   *     outside
   */
  public static PackIndex decode(byte[] tail, long objectBytes) {
    if (objectBytes > Limits.OBJECT_BYTES) {
      throw new FormatException(
          "not a valid pack: it has "
              + objectBytes
              + " bytes; the most is "
              + Limits.OBJECT_BYTES
              + ".");
    }
    if (tail.length != Math.min(objectBytes, MAX_TAIL_BYTES) || tail.length < TRAILER_BYTES) {
      throw new FormatException(
          "not a valid pack: of "
              + objectBytes
              + " bytes the last "
              + tail.length
              + " cannot hold its index.");
    }
    ByteReader trailer = new ByteReader("pack", tail, tail.length - TRAILER_BYTES, TRAILER_BYTES);
    long count = trailer.u32();
    if (trailer.u32() != MAGIC) {
      throw trailer.wrong("it does not end with 'MPK' and the format version 1");
    }
    if (count > Limits.PACK_CONTENTS || tailBytes((int) count) > tail.length) {
      throw trailer.wrong("an index of " + count + " contents does not fit into it");
    }
    int start = tail.length - tailBytes((int) count);
    ByteReader in = new ByteReader("pack index", tail, start, (int) count * ENTRY_BYTES);
    return decode(in, (int) count, (int) objectBytes - tailBytes((int) count));
  }

  private static PackIndex decode(ByteReader in, int count, int contentBytes) {
    List<PackEntry> entries = new ArrayList<>(count);
    Set<ContentId> known = new HashSet<>();
    long end = 0;
    for (int i = 0; i < count; i++) {
      ContentId content = new ContentId(in.contentKind(), in.sha256());
      long offset = in.u32();
      long length = in.u32();
      if (offset != end || length > contentBytes - end) {
        throw in.wrong(
            content
                + " lies at "
                + offset
                + " with "
                + length
                + " bytes, but the content before"
                + " ends at "
                + end
                + " and the index begins at "
                + contentBytes);
      }
      if (!known.add(content)) {
        throw in.wrong(content + " is in it twice");
      }
      entries.add(new PackEntry(content, (int) offset, (int) length));
      end += length;
    }
    if (end != contentBytes) {
      throw in.wrong("bytes " + end + " to " + contentBytes + " belong to no content");
    }
    return new PackIndex(entries);
  }

  void encode(ByteWriter out) {
    for (PackEntry entry : entries) {
      out.u8(entry.content().kind().code());
      out.sha256(entry.content().sha256());
      out.u32(entry.offset());
      out.u32(entry.lengthBytes());
    }
    out.u32(entries.size());
    out.u32(MAGIC);
  }
}
