package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets.Resolved;
import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.VersionCalls;
import io.moraine.content.tree.FileEntry;
import io.moraine.content.tree.VersionTree;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The files of a version, the pieces of its large ones. */
final class Listing {
  private Listing() {}

  /**
   * All files of a committed version, which together have its digest.
   *
   * @throws CommandFailed if they have another
   */
  static List<FileEntry> of(Resolved version, VersionCalls calls) throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    calls.list(entries::add);
    Sha256 digest = VersionTree.build(entries.iterator(), (node, bytes) -> {}).digest();
    Sha256 expected = version.version().digest().orElseThrow();
    if (!digest.equals(expected)) {
      throw CommandFailed.damaged(
          version.name()
              + ":"
              + version.version().version()
              + " has the digest "
              + expected
              + ", but its listing has "
              + digest
              + ": do not trust it, and tell the operator.",
          null);
    }
    return entries;
  }

  /** The pieces of the large files among {@code entries}, by their contents. */
  static Map<ContentId, PieceList> pieces(Iterable<FileEntry> entries, Fetch fetch)
      throws IOException {
    return pieces(
        entries,
        fetch,
        (content, why) -> {
          throw why;
        });
  }

  /** As {@link #pieces(Iterable, Fetch)}, without those that are {@code lost}. */
  static Map<ContentId, PieceList> pieces(Iterable<FileEntry> entries, Fetch fetch, Fetch.Lost lost)
      throws IOException {
    Map<ContentId, Fetch.Wanted> wanted = new LinkedHashMap<>();
    for (FileEntry entry : entries) {
      if (entry.content().kind() == ContentKind.LIST) {
        int bytes = PieceList.encodedBytes(entry.sizeBytes());
        wanted.put(entry.content(), new Fetch.Wanted(entry.content(), bytes));
      }
    }
    Map<ContentId, PieceList> lists = new ConcurrentHashMap<>();
    if (!wanted.isEmpty()) {
      fetch.fetch(
          wanted.values().iterator(),
          (content, buffer, offset, length) ->
              lists.put(
                  content, decode(content, Arrays.copyOfRange(buffer, offset, offset + length))),
          lost);
    }
    return lists;
  }

  private static PieceList decode(ContentId content, byte[] bytes) {
    try {
      return PieceList.decode(bytes);
    } catch (FormatException e) {
      throw CommandFailed.damaged(content + " is no list of pieces: " + e.getMessage(), e);
    }
  }
}
