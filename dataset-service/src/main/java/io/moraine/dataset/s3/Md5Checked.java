package io.moraine.dataset.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.S3ProxyException;

/** A body whose end is seen only when all of it has the MD5 that was announced. */
final class Md5Checked extends FilterInputStream {
  private final byte[] announced;
  private final MessageDigest digest;
  private boolean ended;

  private Md5Checked(DigestInputStream in, byte[] announced) {
    super(in);
    this.announced = announced;
    this.digest = in.getMessageDigest();
  }

  /**
   * @param announced as {@code Content-MD5} has it; null when nothing is
   */
  static InputStream of(InputStream body, String announced) {
    if (announced == null) {
      return body;
    }
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      return new Md5Checked(
          new DigestInputStream(body, md5), Base64.getDecoder().decode(announced));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has MD5", e);
    }
  }

  @Override
  public int read() throws IOException {
    return checked(super.read());
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return checked(super.read(buffer, offset, length));
  }

  private int checked(int read) throws IOException {
    if (read >= 0 || ended) {
      return read;
    }
    ended = true;
    if (!MessageDigest.isEqual(announced, digest.digest())) {
      throw new IOException(
          new S3ProxyException(
              S3ErrorCode.BAD_DIGEST, "The body has not the MD5 that Content-MD5 says."));
    }
    return read;
  }
}
