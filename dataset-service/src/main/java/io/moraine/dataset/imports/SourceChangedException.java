package io.moraine.dataset.imports;

import java.io.IOException;

/** The source is not what it was when the import began: what is in the draft is of no use. */
final class SourceChangedException extends IOException {
  private static final long serialVersionUID = 1L;

  SourceChangedException(String what) {
    super(what + " changed while it was imported");
  }
}
