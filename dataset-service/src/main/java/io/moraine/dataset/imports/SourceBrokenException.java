package io.moraine.dataset.imports;

import java.io.IOException;

/** The source did not answer, or broke off: it may be better later. */
final class SourceBrokenException extends IOException {
  private static final long serialVersionUID = 1L;

  SourceBrokenException(String message, Throwable cause) {
    super(message, cause);
  }

  SourceBrokenException(String message) {
    this(message, null);
  }
}
