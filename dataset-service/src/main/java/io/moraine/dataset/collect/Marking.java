package io.moraine.dataset.collect;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.NodeLinks;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows the links of everything that is marked, each node and list once, however many versions
 * share it. Memory: one request's bytes and some thousand links; the rest is in the marks' tables.
 */
final class Marking {
  /** Nodes and lists whose places are in memory at once. */
  private static final int BATCH = 1_000;

  /** Links that one statement marks. */
  private static final int LINKS = 16_384;

  private final StoredContents contents;
  private final Store store;
  private final MarkStore marks;
  private final Leaves leaves;
  private final List<ContentId> links = new ArrayList<>();

  /** What is done with contents that link to nothing themselves. */
  interface Leaves {
    void take(List<ContentId> contents);
  }

  /** Marks everything. */
  Marking(StoredContents contents, Store store, MarkStore marks) {
    this(contents, store, marks, null);
  }

  /**
   * Marks nodes and lists only, which is what it takes to read each once.
   *
   * @param blobs is told of all others, of one perhaps more than once
   */
  Marking(StoredContents contents, Store store, MarkStore marks, Leaves blobs) {
    this.contents = contents;
    this.store = store;
    this.marks = marks;
    this.leaves = blobs;
  }

  /** Returns when everything that is reachable from what is marked is marked too. */
  void follow(boolean doomed) {
    List<Location> unread = marks.takeUnread(BATCH);
    while (!unread.isEmpty()) {
      contents.read(store, unread, (location, bytes) -> follow(location, bytes, doomed));
      flush(doomed);
      unread = marks.takeUnread(BATCH);
    }
    marks.end();
  }

  private void follow(Location location, byte[] bytes, boolean doomed) {
    if (location.content().kind() == ContentKind.NODE) {
      NodeLinks.of(bytes, location.content().sha256()).contents().forEach(c -> add(c, doomed));
    } else {
      PieceList.decode(bytes)
          .pieces()
          .forEach(piece -> add(new ContentId(ContentKind.BLOB, piece), doomed));
    }
  }

  private void add(ContentId link, boolean doomed) {
    links.add(link);
    if (links.size() == LINKS) {
      flush(doomed);
    }
  }

  private void flush(boolean doomed) {
    if (links.isEmpty()) {
      return;
    }
    if (leaves == null) {
      marks.mark(links, doomed);
    } else {
      leaves.take(links.stream().filter(Marking::isBlob).distinct().toList());
      marks.mark(links.stream().filter(link -> !isBlob(link)).toList(), doomed);
    }
    links.clear();
  }

  private static boolean isBlob(ContentId content) {
    return content.kind() == ContentKind.BLOB;
  }
}
