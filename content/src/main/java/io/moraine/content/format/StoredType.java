package io.moraine.content.format;

/**
 * The first byte of lists, leaves and inner nodes: the format version in the high four bits, what
 * it is in the low four.
 */
public enum StoredType {
  LIST(1),
  LEAF(2),
  INNER(3);

  private final int code;

  StoredType(int code) {
    this.code = Limits.FORMAT_VERSION << 4 | code;
  }

  /** The stored byte, 0x11 to 0x13. */
  public int code() {
    return code;
  }
}
