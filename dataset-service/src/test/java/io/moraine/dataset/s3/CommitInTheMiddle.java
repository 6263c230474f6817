package io.moraine.dataset.s3;

import io.moraine.dataset.TestVersion;
import java.io.ByteArrayInputStream;

/** A body in whose middle its version is committed. */
final class CommitInTheMiddle extends ByteArrayInputStream {
  private final TestVersion version;
  private final int middle;
  private boolean committed;

  CommitInTheMiddle(TestVersion version, byte[] bytes) {
    super(bytes);
    this.version = version;
    this.middle = bytes.length / 2;
  }

  @Override
  public synchronized int read(byte[] buffer, int offset, int length) {
    if (pos > middle && !committed) {
      committed = true;
      version.committed();
    }
    return super.read(buffer, offset, length);
  }
}
