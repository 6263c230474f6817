package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.util.Optional;

/**
 * A content that may have to be sent.
 *
 * @param part of the user's file that it is; none for a list of pieces
 * @param held its bytes, if they are in memory; else they are read again
 */
record Unsent(ContentId content, int sizeBytes, Optional<Part> part, Optional<byte[]> held) {
  static Unsent of(Hashed hashed) {
    return new Unsent(
        hashed.content(), hashed.part().sizeBytes(), Optional.of(hashed.part()), hashed.bytes());
  }

  static Unsent list(ContentId content, byte[] bytes) {
    return new Unsent(content, bytes.length, Optional.empty(), Optional.of(bytes));
  }

  byte[] bytes() throws IOException {
    if (held.isPresent()) {
      return held.get();
    }
    byte[] bytes = part.orElseThrow().read();
    if (!Sha256.of(bytes).equals(content.sha256())) {
      throw new FileChangedException(part.get().file().path(), "its bytes are not those hashed");
    }
    return bytes;
  }

  /** Bytes of the user's file. */
  int fileBytes() {
    return part.isPresent() ? sizeBytes : 0;
  }

  /** Bytes that the push's memory is charged with. */
  int heldBytes() {
    return part.isPresent() && held.isPresent() ? sizeBytes : 0;
  }
}
