package io.moraine.content.transfer;

import io.moraine.vocabulary.Sha256;

/** An object as {@code uploads} and {@code uploads:done} name it. */
record StoredObject(Type type, Sha256 sha256, long sizeBytes) {
  enum Type {
    PACK("pack"),
    BLOB("blob");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }
}
