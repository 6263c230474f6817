package io.moraine.dataset.s3;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;

/**
 * A request's body, asked for when it is first read: only then is a client that waits for leave
 * ({@code Expect: 100-continue}) given it, and one that is refused before sends nothing.
 */
final class LateStream extends InputStream {
  private final HttpServletRequest request;

  LateStream(HttpServletRequest request) {
    this.request = request;
  }

  @Override
  public int read() throws IOException {
    return request.getInputStream().read();
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return request.getInputStream().read(buffer, offset, length);
  }
}
