package io.moraine.content.format;

/**
 * What a content is. A reader always knows the kind it wants from where it found the digest, never
 * from the bytes: a user's file may look like a node.
 */
public enum ContentKind {
  /** A file's bytes, or one piece of a large file. */
  BLOB(1, "blob"),
  /** The pieces of a file larger than 32 MiB. */
  LIST(2, "list"),
  /** A node of a version's tree. */
  NODE(3, "node");

  private final int code;
  private final String text;

  ContentKind(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** Its name in requests, answers and messages, the same for ever. */
  public String text() {
    return text;
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
