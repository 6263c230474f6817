package io.moraine.content.file;

import java.io.InputStream;

/** As many bytes as wanted, none of them kept; they arrive in odd portions. */
final class RepeatingStream extends InputStream {
  private final long end;
  private long position;

  RepeatingStream(long offset, long length) {
    this.position = offset;
    this.end = offset + length;
  }

  @Override
  public int read() {
    return position == end ? -1 : at(position++) & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    if (position == end) {
      return -1;
    }
    int count = (int) Math.min(Math.min(length, 1_000_003), end - position);
    for (int i = 0; i < count; i++) {
      buffer[offset + i] = at(position++);
    }
    return count;
  }

  private static byte at(long position) {
    return (byte) (position * 31 + (position >>> 20));
  }
}
