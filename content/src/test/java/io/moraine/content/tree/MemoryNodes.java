package io.moraine.content.tree;

import io.moraine.vocabulary.Sha256;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/** Nodes kept in a map, and a count of what was written and read. */
final class MemoryNodes implements NodeSource, NodeSink {
  private final Map<Sha256, byte[]> nodes = new HashMap<>();
  int written;
  int read;

  @Override
  public byte[] load(Sha256 digest) {
    read++;
    byte[] bytes = nodes.get(digest);
    if (bytes == null) {
      throw new NoSuchElementException("no node " + digest);
    }
    return bytes;
  }

  @Override
  public void accept(Sha256 digest, byte[] bytes) {
    written++;
    nodes.put(digest, bytes);
  }

  void resetCounts() {
    written = 0;
    read = 0;
  }
}
