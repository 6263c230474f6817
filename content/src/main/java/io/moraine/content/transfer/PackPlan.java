package io.moraine.content.transfer;

import io.moraine.content.format.Limits;
import io.moraine.content.pack.PackWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides which contents go into one pack, from their order and sizes alone, so that the same files
 * give the same packs. A pack ends when the next content does not fit, or with a group when it is
 * at least half full: then a push that was cut off, and lacks some packs of the first attempt,
 * makes exactly these again, since what it carries over from one group to the next is what it
 * carried then. Not thread-safe.
 */
final class PackPlan<T> {
  /** A pack this full is worth an object of its own. */
  static final int WORTH_BYTES = Limits.OBJECT_BYTES / 2;

  private final Consumer<List<T>> packs;
  private List<T> pack = new ArrayList<>();
  private long bytes;

  PackPlan(Consumer<List<T>> packs) {
    this.packs = packs;
  }

  void add(T content, int sizeBytes) {
    if (!PackWriter.holds(pack.size() + 1, bytes + sizeBytes)) {
      finish();
    }
    pack.add(content);
    bytes += sizeBytes;
  }

  /** The first of those that are in no pack yet. */
  Optional<T> first() {
    return pack.stream().findFirst();
  }

  /** Nothing more comes of this group. */
  void endGroup() {
    if (bytes >= WORTH_BYTES || pack.size() >= Limits.PACK_CONTENTS / 2) {
      finish();
    }
  }

  /** Nothing more comes. */
  void finish() {
    if (pack.isEmpty()) {
      return;
    }
    List<T> whole = pack;
    pack = new ArrayList<>();
    bytes = 0;
    packs.accept(whole);
  }
}
