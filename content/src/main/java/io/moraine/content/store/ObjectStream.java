package io.moraine.content.store;

import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;

/**
 * The body of an answer. Closing it early drops the connection: reading the rest of a 32 MiB object
 * only to keep the connection would cost more.
 */
final class ObjectStream extends FilterInputStream {
  private final ResponseInputStream<?> response;
  private long remaining;

  ObjectStream(ResponseInputStream<?> response, long length) {
    super(response);
    this.response = response;
    this.remaining = length;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    if (read >= 0) {
      remaining--;
    }
    return read;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    if (read > 0) {
      remaining -= read;
    }
    return read;
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
    if (remaining > 0) {
      response.abort();
    } else {
      super.close();
    }
  }
}
