package io.moraine.content.format;

import io.moraine.vocabulary.Sha256;
import java.util.Arrays;

/** Builds stored bytes in memory; grows to what is written. Not thread-safe. */
public final class ByteWriter {
  private static final int FIRST_BYTES = 256;

  private byte[] bytes;
  private int length;

  public ByteWriter() {
    this(FIRST_BYTES);
  }

  /** For {@code expectedBytes}: as many are written without growing. */
  public ByteWriter(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  /** Writes the low eight bits. */
  public void u8(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  /** Writes four bytes, the highest first. */
  public void u32(int value) {
    u8(value >>> 24);
    u8(value >>> 16);
    u8(value >>> 8);
    u8(value);
  }

  /**
   * Writes an unsigned LEB128 number: seven bits a byte, the lowest first, the high bit set on all
   * but the last; 0 to 2^63-1.
   */
  public void varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a stored number is never negative, but this is " + value);
    }
    long rest = value;
    while (rest > 0x7f) {
      u8((int) rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    u8((int) rest);
  }

  /** Writes {@code count} bytes of {@code source} from {@code offset}. */
  public void bytes(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  /** Writes 32 raw bytes. */
  public void sha256(Sha256 digest) {
    bytes(digest.toBytes(), 0, Sha256.BYTES);
  }

  /** Bytes written so far. */
  public int length() {
    return length;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** What was written; the writer is of no use afterwards. No copy if it is as long as expected. */
  public byte[] release() {
    byte[] written = bytes.length == length ? bytes : toBytes();
    bytes = null;
    return written;
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, count)));
    }
  }
}
