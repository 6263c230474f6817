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
  private final List<ContentId> links = new ArrayList<>();

  Marking(StoredContents contents, Store store, MarkStore marks) {
    this.contents = contents;
    this.store = store;
    this.marks = marks;
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
    if (!links.isEmpty()) {
      marks.mark(links, doomed);
      links.clear();
    }
  }
}
