package io.moraine.content.transfer;

import io.moraine.vocabulary.FilePath;
import java.io.IOException;

/** A file changed while it was read: neither its old nor its new bytes are known whole. */
public final class FileChangedException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient FilePath path;

  FileChangedException(FilePath path, String how) {
    super(
        path.quoted() + " changed while it was read: " + how + ". Push again when it is at rest.");
    this.path = path;
  }

  public FilePath path() {
    return path;
  }
}
