package io.moraine.content.format;

/**
 * What a content is. A reader always knows the kind it wants from where it found the digest, never
 * from the bytes: a user's file may look like a node.
 */
public enum ContentKind {
  /** A file's bytes, or one piece of a large file. */
  BLOB(1),
  /** The pieces of a file larger than 32 MiB. */
  LIST(2),
  /** A node of a version's tree. */
  NODE(3);

  private final int code;

  ContentKind(int code) {
    this.code = code;
  }

  /** The stored byte, the same for ever. */
  public int code() {
    return code;
  }

  /** Reads what {@link #code()} gave. */
  public static ContentKind ofCode(int code) {
    for (ContentKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "content kind " + code + " is unknown; 1, 2 and 3 are known.");
  }
}
