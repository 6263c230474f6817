package io.moraine.dataset.upload;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.moraine.content.format.Limits;
import io.moraine.dataset.content.Contents;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import java.util.Locale;

/**
 * An object that a client says it has or had: a pack, or one blob of up to 32 MiB.
 *
 * @param sha256 of all its bytes
 */
record UploadObject(Type type, Sha256 sha256, long sizeBytes) {
  /** What kind of object it is. */
  public enum Type {
    PACK,
    BLOB;

    /** As requests and answers write it; public for the generator of the OpenAPI document. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    static Type of(String text) {
      for (Type type : values()) {
        if (type.text().equals(text)) {
          return type;
        }
      }
      throw new IllegalArgumentException("type \"" + text + "\" is neither pack nor blob.");
    }
  }

  UploadObject {
    if (type == null || sha256 == null) {
      throw new IllegalArgumentException("an object has a type, a sha256 and sizeBytes.");
    }
    if (sizeBytes < 0 || sizeBytes > Limits.OBJECT_BYTES) {
      throw new IllegalArgumentException(
          "an object has 0 to " + Limits.OBJECT_BYTES + " bytes, not " + sizeBytes + ".");
    }
  }

  /** Its key in the bucket. */
  String key(Contents contents, TeamId team) {
    return type == Type.PACK
        ? contents.packObject(team, sha256)
        : contents.blobObject(team, sha256);
  }

  @Override
  public String toString() {
    return type.text() + " " + sha256;
  }
}
