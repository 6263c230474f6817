package io.moraine.dataset.imports;

/**
 * An import cannot succeed, however often it is tried. Its message is the reason that users read:
 * what, which, why, and what to do. It carries no stack trace: it is an answer, not a fault.
 */
final class ImportFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ImportFailedException(String reason) {
    super(reason, null, false, false);
  }
}
