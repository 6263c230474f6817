package io.moraine.content.format;

import io.moraine.vocabulary.Sha256;
import java.util.Objects;

/**
 * A content's identity: the kind and the plain SHA-256 of its bytes. Equal bytes of different kinds
 * are different contents.
 */
public record ContentId(ContentKind kind, Sha256 sha256) {
  public ContentId {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(sha256, "sha256");
  }

  /**
   * Reads what {@link #text()} wrote.
   *
   * @throws IllegalArgumentException that says what a content's name looks like
   */
  public static ContentId parse(String text) {
    int colon = text.indexOf(':');
    if (colon > 0) {
      for (ContentKind kind : ContentKind.values()) {
        if (text.startsWith(kind.text()) && kind.text().length() == colon) {
          return new ContentId(kind, Sha256.ofHex(text.substring(colon + 1)));
        }
      }
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" names no content: it is blob, list or node, a colon, and a SHA-256.");
  }

  /** Its name in requests and answers: {@code blob:9f86d0…}, all 64 digits. */
  public String text() {
    return kind.text() + ":" + sha256;
  }

  /** As messages show it: {@code blob 9f86d0…}, all 64 digits. */
  @Override
  public String toString() {
    return kind.text() + " " + sha256;
  }
}
