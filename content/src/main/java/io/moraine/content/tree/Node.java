package io.moraine.content.tree;

import io.moraine.content.format.ByteReader;
import io.moraine.content.format.ByteWriter;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.content.format.StoredType;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One node of a tree, decoded: level 0 is a leaf of {@link FileEntry}s, higher ones hold {@link
 * Child}ren. There is one encoding for each node: paths are written as the number of bytes shared
 * with the path before and the bytes that differ.
 */
record Node(int level, List<? extends Entry> entries) {
  int size() {
    return entries.size();
  }

  Entry entry(int index) {
    return entries.get(index);
  }

  Child child(int index) {
    return (Child) entries.get(index);
  }

  FilePath last() {
    return entry(size() - 1).path();
  }

  /** The index of {@code path}, or {@code -(where it would be) - 1}. */
  int indexOf(FilePath path) {
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      int order = entry(middle).path().compareTo(path);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  /** The index of the first entry at or after {@code path}; {@link #size()} when there is none. */
  int indexFrom(FilePath path) {
    int index = indexOf(path);
    return index < 0 ? -index - 1 : index;
  }

  long files() {
    long files = 0;
    for (Entry entry : entries) {
      files = Math.addExact(files, entry instanceof Child child ? child.files() : 1);
    }
    return files;
  }

  long bytes() {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes =
          Math.addExact(
              bytes,
              entry instanceof Child child ? child.bytes() : ((FileEntry) entry).sizeBytes());
    }
    return bytes;
  }

  /** This node as its parent names it; it is not empty. */
  Child asChild(Sha256 digest) {
    return new Child(last(), digest, files(), bytes());
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter();
    if (level == 0) {
      out.u8(StoredType.LEAF.code());
    } else {
      out.u8(StoredType.INNER.code());
      out.u8(level);
    }
    out.varint(size());
    byte[] before = new byte[0];
    for (Entry entry : entries) {
      byte[] path = entry.path().utf8();
      int shared = shared(before, path);
      out.varint(shared);
      out.varint(path.length - shared);
      out.bytes(path, shared, path.length - shared);
      if (entry instanceof Child child) {
        out.sha256(child.digest());
        out.varint(child.files());
        out.varint(child.bytes());
      } else {
        FileEntry file = (FileEntry) entry;
        out.varint(file.sizeBytes());
        out.u8(file.content().kind().code());
        out.sha256(file.content().sha256());
      }
      before = path;
    }
    return out.toBytes();
  }

  private static int shared(byte[] before, byte[] path) {
    int mismatch = Arrays.mismatch(before, path);
    return mismatch < 0 ? path.length : mismatch;
  }

  /** Refuses whatever {@link #encode} would not have written; memory stays near the node's own. */
  static Node decode(byte[] bytes) {
    ByteReader in = new ByteReader("tree node", bytes);
    if (bytes.length > Limits.NODE_BYTES) {
      throw in.wrong("it has " + bytes.length + " bytes; the most is " + Limits.NODE_BYTES);
    }
    int level = level(in);
    int count = in.varint("its number of entries", Limits.NODE_ENTRIES);
    if (count == 0 && level > 0) {
      throw in.wrong("an inner node has at least one child");
    }
    List<Entry> entries = new ArrayList<>();
    byte[] before = new byte[0];
    try {
      for (int i = 0; i < count; i++) {
        byte[] path = path(in, before);
        FilePath name = FilePath.ofUtf8(path, 0, path.length);
        entries.add(level == 0 ? file(in, name) : child(in, name));
        before = path;
      }
      in.end();
      Node node = new Node(level, List.copyOf(entries));
      node.files();
      node.bytes();
      return node;
    } catch (IllegalArgumentException e) {
      throw new FormatException(in.wrong(e.getMessage()).getMessage(), e);
    } catch (ArithmeticException e) {
      throw new FormatException(
          "not a valid tree node: its files or bytes add up to more than 2^63-1.", e);
    }
  }

  private static int level(ByteReader in) {
    int type = in.u8();
    if (type == StoredType.LEAF.code()) {
      return 0;
    }
    if (type != StoredType.INNER.code()) {
      throw in.wrong("its first byte is " + type + ", neither a leaf's nor an inner node's");
    }
    int level = in.u8();
    if (level == 0 || level >= Limits.TREE_LEVELS) {
      throw in.wrong("its level is " + level + "; an inner node has 1 to 7");
    }
    return level;
  }

  private static byte[] path(ByteReader in, byte[] before) {
    int shared = in.varint("the shared part of a path", before.length);
    int own = in.varint("the length of a path", FilePath.MAX_BYTES - shared);
    in.require(own);
    byte[] path = Arrays.copyOf(before, shared + own);
    in.bytes(path, shared);
    if (before.length > 0 && Arrays.compareUnsigned(before, path) >= 0) {
      throw in.wrong("its paths do not ascend");
    }
    if (shared(before, path) != shared) {
      throw in.wrong("a path shares more with the one before than it says");
    }
    return path;
  }

  private static FileEntry file(ByteReader in, FilePath path) {
    long sizeBytes = in.varint();
    ContentKind kind = in.contentKind();
    return new FileEntry(path, sizeBytes, new ContentId(kind, in.sha256()));
  }

  private static Child child(ByteReader in, FilePath path) {
    Sha256 digest = in.sha256();
    long files = in.varint();
    if (files == 0) {
      throw in.wrong("a child has no files");
    }
    return new Child(path, digest, files, in.varint());
  }
}
