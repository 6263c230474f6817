package io.moraine.content.pack;

import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.Sha256;
import java.util.Arrays;

/**
 * A pack in memory whose index and contents were checked: every content has the SHA-256 that the
 * index names. Its own name is the SHA-256 of all its bytes. Immutable as long as nobody writes
 * into {@link #bytes()}; thread-safe then.
 */
public final class Pack {
  private final Sha256 sha256;
  private final byte[] bytes;
  private final PackIndex index;

  private Pack(Sha256 sha256, byte[] bytes, PackIndex index) {
    this.sha256 = sha256;
    this.bytes = bytes;
    this.index = index;
  }

  /**
   * Takes a whole object and hashes every content in it; the array is kept, not copied.
   *
   * @throws FormatException if the index is not valid or a content is not what it says, by name
   */
  public static Pack read(byte[] bytes) {
    int tail = Math.min(bytes.length, PackIndex.MAX_TAIL_BYTES);
    PackIndex index =
        PackIndex.decode(
            Arrays.copyOfRange(bytes, bytes.length - tail, bytes.length), bytes.length);
    for (PackEntry entry : index.entries()) {
      Sha256 found = Sha256.of(bytes, entry.offset(), entry.lengthBytes());
      if (!found.equals(entry.content().sha256())) {
        throw new FormatException(
            "not a valid pack: its index says "
                + entry.content()
                + " at byte "
                + entry.offset()
                + ", but the bytes there have the SHA-256 "
                + found
                + ".");
      }
    }
    return new Pack(Sha256.of(bytes), bytes, index);
  }

  /** The object's name: the SHA-256 of all its bytes. */
  public Sha256 sha256() {
    return sha256;
  }

  /**
   * The object to store, at most {@link Limits#OBJECT_BYTES} bytes; not a copy, do not change it.
   */
  public byte[] bytes() {
    return bytes;
  }

  /** What it holds, in the order it was added. */
  public PackIndex index() {
    return index;
  }

  /** A copy of one content's bytes. */
  public byte[] content(PackEntry entry) {
    return Arrays.copyOfRange(bytes, entry.offset(), entry.offset() + entry.lengthBytes());
  }
}
