package io.moraine.content.tree;

import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** The number, unsigned, by which entries of a level compete to end a node. */
@FunctionalInterface
interface Weight {
  /** The format's own: the first 8 bytes of SHA-256(level byte, path). Confined to one thread. */
  static Weight sha256() {
    MessageDigest digest = Sha256.newDigest();
    return (level, path) -> {
      digest.update((byte) level);
      digest.update(path.utf8());
      return ByteBuffer.wrap(digest.digest()).getLong();
    };
  }

  long of(int level, FilePath path);
}
