package io.moraine.content.pack;

import io.moraine.content.format.ByteWriter;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.Sha256;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects contents into one pack of at most 32 MiB, its index included. Memory is what was added,
 * and as much again while it grows or is finished. The same contents in the same order give the
 * same pack. Not thread-safe.
 */
public final class PackWriter {
  private final Map<ContentId, PackEntry> entries = new LinkedHashMap<>();
  private ByteWriter out;

  public PackWriter() {
    out = new ByteWriter();
  }

  /** For a pack of which the size is known: memory is that size, once. */
  public PackWriter(int contents, int contentBytes) {
    out = new ByteWriter(contentBytes + PackIndex.tailBytes(contents));
  }

  /** Whether a pack has room for so many contents of so many bytes altogether. */
  public static boolean holds(int contents, long contentBytes) {
    return contents <= Limits.PACK_CONTENTS
        && contentBytes + PackIndex.tailBytes(contents) <= Limits.OBJECT_BYTES;
  }

  /** Whether one more content of {@code lengthBytes} fits. An empty pack takes what is small. */
  public boolean fits(long lengthBytes) {
    return holds(entries.size() + 1, out.length() + lengthBytes);
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The size that the object would have now. */
  public int sizeBytes() {
    return out.length() + PackIndex.tailBytes(entries.size());
  }

  /** Adds a content and returns its identity; one that is in the pack already adds nothing. */
  public ContentId add(ContentKind kind, byte[] bytes) {
    return add(kind, bytes, bytes.length);
  }

  /**
   * Adds the first {@code length} of {@code bytes} as a content.
   *
   * @throws IllegalStateException if it does not fit: ask {@link #fits} first
   */
  public ContentId add(ContentKind kind, byte[] bytes, int length) {
    ContentId content = new ContentId(kind, Sha256.of(bytes, 0, length));
    add(content, bytes, length);
    return content;
  }

  /**
   * Adds a content whose digest is known already: {@link #finish} hashes it, and fails if it is
   * another.
   */
  public void add(ContentId content, byte[] bytes, int length) {
    if (entries.containsKey(content)) {
      return;
    }
    if (!fits(length)) {
      throw new IllegalStateException(
          "a content of "
              + length
              + " bytes does not fit into a pack of "
              + sizeBytes()
              + "; finish it and begin another.");
    }
    entries.put(content, new PackEntry(content, out.length(), length));
    out.bytes(bytes, 0, length);
  }

  /** Ends the pack, reads it back as any reader would, and begins an empty one. */
  public Pack finish() {
    new PackIndex(entries.values().stream().toList()).encode(out);
    byte[] bytes = out.release();
    out = new ByteWriter();
    entries.clear();
    return Pack.read(bytes);
  }
}
