package io.moraine.dataset.content;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackWriter;
import io.moraine.content.tree.NodeSink;
import io.moraine.vocabulary.Sha256;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Takes a tree's new nodes and puts those that its store does not have yet, a pack at a time; each
 * pack is recorded as soon as it is in the bucket. Blocking. Not thread-safe.
 */
public final class NodePacker implements NodeSink {
  /** Half a pack's limit: while one is made, its nodes are in memory three times. */
  private static final int PACK_BYTES = 16 << 20;

  /** What the packer needs of a store. */
  interface Shelf {
    /** Which of these nodes are not there, or not for long. */
    Set<ContentId> missing(Collection<ContentId> nodes);

    /** Puts the pack into the bucket, then records what is in it. */
    void put(Pack pack);
  }

  private final Shelf shelf;
  private final Set<ContentId> nodes = new LinkedHashSet<>();
  private final Map<ContentId, byte[]> waiting = new LinkedHashMap<>();
  private int waitingBytes;

  NodePacker(Shelf shelf) {
    this.shelf = shelf;
  }

  @Override
  public void accept(Sha256 digest, byte[] bytes) {
    if (waitingBytes + bytes.length > PACK_BYTES) {
      finish();
    }
    ContentId node = new ContentId(ContentKind.NODE, digest);
    if (nodes.add(node)) {
      waiting.put(node, bytes);
      waitingBytes += bytes.length;
    }
  }

  /** Puts what is left. To be called once after the last node. */
  public void finish() {
    if (waiting.isEmpty()) {
      return;
    }
    waiting.keySet().retainAll(shelf.missing(waiting.keySet()));
    if (!waiting.isEmpty()) {
      shelf.put(pack());
    }
    waiting.clear();
    waitingBytes = 0;
  }

  /** Every node that was handed over; the store had or got them all. */
  public Set<ContentId> nodes() {
    return Collections.unmodifiableSet(nodes);
  }

  private Pack pack() {
    PackWriter pack = new PackWriter();
    waiting.values().forEach(node -> pack.add(ContentKind.NODE, node));
    return pack.finish();
  }
}
