package io.moraine.content.store;

import io.moraine.content.store.BucketGate.Passage;
import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;

/**
 * The body of an answer. Closing it early drops the connection: reading the rest of a 32 MiB object
 * only to keep the connection would cost more.
 */
final class ObjectStream extends FilterInputStream {
  private final ResponseInputStream<?> response;
  private final Passage passage;
  private long remaining;
  private boolean broken;
  private boolean closed;

  ObjectStream(ResponseInputStream<?> response, long length, Passage passage) {
    super(response);
    this.response = response;
    this.remaining = length;
    this.passage = passage;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? read : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int read = super.read(buffer, offset, length);
      if (read > 0) {
        remaining -= read;
      }
      return read;
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(count);
    remaining -= skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() throws IOException {
    try {
      if (remaining > 0) {
        response.abort();
      } else {
        super.close();
      }
    } finally {
      leaveOnce();
    }
  }

  private void leaveOnce() {
    if (!closed) {
      closed = true;
      passage.leave(!broken);
    }
  }
}
