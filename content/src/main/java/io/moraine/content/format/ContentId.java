package io.moraine.content.format;

import io.moraine.vocabulary.Sha256;
import java.util.Locale;
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

  /** As messages show it: {@code blob 9f86d0…}, all 64 digits. */
  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + " " + sha256;
  }
}
