package io.moraine.dataset.rebuild;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.pack.PackEntry;
import io.moraine.content.pack.PackIndex;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.content.tree.NodeLinks;
import io.moraine.dataset.content.Location;
import io.moraine.vocabulary.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What an object of the bucket proves to hold, whatever it claims. */
final class FoundObjects {
  private FoundObjects() {}

  /**
   * The contents of a pack, each hashed; what is damaged keeps none of the others from counting.
   * The pack's own name is not hashed: it says nothing about them.
   *
   * @param damaged hears of contents that are not what the index says
   * @throws FormatException if there is no index
   */
  static List<Location> inPack(Listed object, byte[] bytes, Consumer<String> damaged) {
    int tail = Math.min(bytes.length, PackIndex.MAX_TAIL_BYTES);
    MessageDigest digest = Sha256.newDigest(); // once: asking for one costs as much as a small hash
    List<Location> right = new ArrayList<>();
    for (PackEntry entry :
        PackIndex.decode(Arrays.copyOfRange(bytes, bytes.length - tail, bytes.length), bytes.length)
            .entries()) {
      digest.update(bytes, entry.offset(), entry.lengthBytes());
      if (Sha256.finish(digest).equals(entry.content().sha256())) {
        right.add(
            new Location(
                entry.content(),
                object.key(),
                entry.offset(),
                entry.lengthBytes(),
                Optional.empty()));
      } else {
        damaged.accept(
            "%s says %s at byte %d, but the bytes there have another SHA-256."
                .formatted(object.key(), entry.content(), entry.offset()));
      }
    }
    return right;
  }

  /**
   * A content that is an object of its own, as every kind that its bytes can be read as: only who
   * refers to it knows which it is.
   *
   * @throws FormatException if its name is not its hash
   */
  static List<Location> inBlob(Listed object, byte[] bytes) {
    Sha256 digest = Sha256.of(bytes);
    requireName(object, digest);
    List<Location> kinds = new ArrayList<>(List.of(whole(object, ContentKind.BLOB, digest)));
    if (isReadable(() -> PieceList.decode(bytes))) {
      kinds.add(whole(object, ContentKind.LIST, digest));
    }
    if (isReadable(() -> NodeLinks.of(bytes, digest))) {
      kinds.add(whole(object, ContentKind.NODE, digest));
    }
    return kinds;
  }

  private static Location whole(Listed object, ContentKind kind, Sha256 digest) {
    return new Location(
        new ContentId(kind, digest), object.key(), 0, object.sizeBytes(), Optional.empty());
  }

  private static boolean isReadable(Runnable reading) {
    try {
      reading.run();
      return true;
    } catch (FormatException e) {
      return false;
    }
  }

  private static void requireName(Listed object, Sha256 digest) {
    if (!object.key().endsWith("/" + digest.hex())) {
      throw new FormatException(object.key() + " has the SHA-256 " + digest + ".");
    }
  }
}
