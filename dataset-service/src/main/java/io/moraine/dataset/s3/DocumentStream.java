package io.moraine.dataset.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.S3ProxyException;

/** A document that is read into memory, and so may not be larger than it can be. */
final class DocumentStream extends FilterInputStream {
  private long left;

  DocumentStream(InputStream in, int mostBytes) {
    super(in);
    this.left = mostBytes;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    count(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int bytes) throws IOException {
    left -= bytes;
    if (left < 0) {
      throw new IOException(new S3ProxyException(S3ErrorCode.MAX_MESSAGE_LENGTH_EXCEEDED));
    }
  }
}
