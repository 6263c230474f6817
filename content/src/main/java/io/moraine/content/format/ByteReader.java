package io.moraine.content.format;

import io.moraine.vocabulary.Sha256;

/**
 * Reads stored bytes that nobody vouches for: whatever is wrong is a {@link FormatException} that
 * names what was read and the position, and nothing is allocated that the bytes at hand do not
 * fill. Not thread-safe.
 */
public final class ByteReader {
  private static final int VARINT_BYTES = 9;

  private final String what;
  private final byte[] bytes;
  private final int end;
  private int position;

  /** Reads {@code bytes} from the start; {@code what} stands in messages ("leaf", "pack index"). */
  public ByteReader(String what, byte[] bytes) {
    this(what, bytes, 0, bytes.length);
  }

  /** Reads {@code length} of {@code bytes} from {@code offset}. */
  public ByteReader(String what, byte[] bytes, int offset, int length) {
    this.what = what;
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  public int remaining() {
    return end - position;
  }

  public int u8() {
    require(1);
    return bytes[position++] & 0xff;
  }

  /** Four bytes, the highest first, as an unsigned number. */
  public long u32() {
    require(4);
    return (long) u8() << 24 | u8() << 16 | u8() << 8 | u8();
  }

  /** The number that {@link ByteWriter#varint} wrote; longer forms of it are refused. */
  public long varint() {
    long value = 0;
    for (int i = 0; i < VARINT_BYTES; i++) {
      int next = u8();
      value |= (long) (next & 0x7f) << 7 * i;
      if (next < 0x80) {
        if (next == 0 && i > 0) {
          throw wrong("a number is written longer than it needs");
        }
        return value;
      }
    }
    throw wrong("a number is longer than 9 bytes");
  }

  /** A number that must not be above {@code max}; {@code name} says which. */
  public int varint(String name, int max) {
    long value = varint();
    if (value > max) {
      throw wrong(name + " is " + value + "; the most is " + max);
    }
    return (int) value;
  }

  /** Copies the next {@code into.length - offset} bytes into the end of {@code into}. */
  public void bytes(byte[] into, int offset) {
    int count = into.length - offset;
    require(count);
    System.arraycopy(bytes, position, into, offset, count);
    position += count;
  }

  /** One byte that says what a content is. */
  public ContentKind contentKind() {
    int code = u8();
    try {
      return ContentKind.ofCode(code);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  public Sha256 sha256() {
    require(Sha256.BYTES);
    position += Sha256.BYTES;
    return Sha256.ofBytes(bytes, position - Sha256.BYTES);
  }

  /** Refuses what follows the last thing that belongs there. */
  public void end() {
    if (remaining() > 0) {
      throw wrong(remaining() + " bytes follow its end");
    }
  }

  /** Makes sure that {@code count} bytes are there, before anything is allocated for them. */
  public void require(int count) {
    if (remaining() < count) {
      throw wrong(
          "it ends too early: " + count + " more bytes are needed, " + remaining() + " left");
    }
  }

  /** What to throw when the bytes at hand break a rule: {@code why} completes the sentence. */
  public FormatException wrong(String why) {
    return new FormatException("not a valid " + what + " at byte " + position + ": " + why);
  }
}
