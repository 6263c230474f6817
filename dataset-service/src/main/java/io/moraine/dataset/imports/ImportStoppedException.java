package io.moraine.dataset.imports;

/** Somebody wants the import to end, or somebody else has it now. */
final class ImportStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ImportStoppedException() {
    super("stopped", null, false, false);
  }
}
