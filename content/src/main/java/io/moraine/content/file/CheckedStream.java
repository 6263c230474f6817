package io.moraine.content.file;

import io.moraine.content.format.ContentId;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * Exactly {@code length} bytes of a content. When that is the whole content, its last bytes come
 * out only if all of them have the right SHA-256.
 */
final class CheckedStream extends InputStream {
  private final InputStream in;
  private final ContentId content;
  private final long length;
  private final MessageDigest digest;
  private long remaining;
  private boolean checked;

  CheckedStream(InputStream in, ContentId content, long length, boolean whole) {
    this.in = in;
    this.content = content;
    this.length = length;
    this.remaining = length;
    this.digest = whole ? Sha256.newDigest() : null;
    this.checked = !whole;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int wanted) throws IOException {
    if (wanted == 0) {
      return 0;
    }
    if (remaining == 0) {
      check();
      return -1;
    }
    int read = in.read(buffer, offset, (int) Math.min(wanted, remaining));
    if (read < 0) {
      throw new CorruptContentException(
          content, "it ended after " + (length - remaining) + " of " + length + " bytes");
    }
    remaining -= read;
    if (digest != null) {
      digest.update(buffer, offset, read);
    }
    if (remaining == 0) {
      check();
    }
    return read;
  }

  private void check() throws CorruptContentException {
    if (checked) {
      return;
    }
    Sha256 found = Sha256.finish(digest);
    if (!found.equals(content.sha256())) {
      throw new CorruptContentException(content, "its bytes have the SHA-256 " + found);
    }
    checked = true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
