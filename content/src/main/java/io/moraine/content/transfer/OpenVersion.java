package io.moraine.content.transfer;

import java.io.IOException;

/**
 * The version that is pushed into, made when it is first needed: a push that changes nothing makes
 * none. Thread-safe.
 */
public final class OpenVersion {
  /** Makes the version. */
  @FunctionalInterface
  public interface Making {
    VersionCalls make() throws IOException;
  }

  private final Making making;
  private VersionCalls calls;

  public OpenVersion(Making making) {
    this.making = making;
  }

  /** Its calls; made by the first who asks. */
  synchronized VersionCalls calls() throws IOException {
    if (calls == null) {
      calls = making.make();
    }
    return calls;
  }
}
