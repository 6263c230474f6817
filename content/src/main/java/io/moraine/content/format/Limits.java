package io.moraine.content.format;

/**
 * Every bound of format version 1, in one place. They belong to the format version because they
 * decide digests (design section 5); changing one means a new version.
 */
public final class Limits {
  /** The version that is part of every first stored byte and of a pack's trailer. */
  public static final int FORMAT_VERSION = 1;

  /** The largest content and the largest object: each is one PUT signed with its own SHA-256. */
  public static final int OBJECT_BYTES = 32 << 20;

  /** Length of every piece of a large file but its last: a larger file than this is a list. */
  public static final int PIECE_BYTES = OBJECT_BYTES;

  /** The most pieces whose list still fits into one object: version byte, size, 32 bytes each. */
  public static final int LIST_PIECES = (OBJECT_BYTES - 10) / 32;

  /** The largest file, just under 32 TiB. */
  public static final long FILE_BYTES = (long) LIST_PIECES * PIECE_BYTES;

  /** Entries before and after that an entry is compared with to see whether it ends its node. */
  public static final int CUT_WINDOW = 64;

  /** Up to this many entries at a level are one root, uncut. */
  public static final int ROOT_ENTRIES = 128;

  /** A node is cut after this many entries at the latest, and none with more is read. */
  public static final int NODE_ENTRIES = 1024;

  /** The largest node; 1,024 entries with the longest paths stay below 1.2 MB. */
  public static final int NODE_BYTES = 2 << 20;

  /** Levels of a tree, the leaves included; four hold 275 million files. */
  public static final int TREE_LEVELS = 8;

  /** The most contents of one pack: bounds its index to 2.6 MiB. */
  public static final int PACK_CONTENTS = 65_536;

  /** The largest version record; it holds a message and a few ids. */
  public static final int RECORD_BYTES = 1 << 20;

  private Limits() {}
}
