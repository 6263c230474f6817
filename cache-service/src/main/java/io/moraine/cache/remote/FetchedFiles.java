package io.moraine.cache.remote;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.content.transfer.Fetch;
import io.moraine.content.transfer.Fetch.Wanted;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Files that are put together from the contents that stand for them, each told of as soon as it is
 * whole. Not thread-safe.
 */
final class FetchedFiles {
  /** Takes a file that is whole; called by several threads at once, once for each file. */
  @FunctionalInterface
  interface Whole {
    void file(FileEntry file) throws IOException;
  }

  /** A file of which some pieces are still to come. */
  private static final class Target {
    private final FileEntry entry;
    private final Path file;
    private final AtomicInteger missingPieces;

    Target(FileEntry entry, Path file, int pieces) {
      this.entry = entry;
      this.file = file;
      this.missingPieces = new AtomicInteger(pieces);
    }
  }

  /** Where in a file a content belongs. */
  private record Place(Target target, long offset) {}

  private final Fetch fetch;
  private final Whole whole;

  /** A piece that several files share, or one file has twice, is fetched once. */
  private final Map<ContentId, List<Place>> places = new HashMap<>();

  private final List<Wanted> wanted = new ArrayList<>();

  FetchedFiles(Fetch fetch, Whole whole) {
    this.fetch = fetch;
    this.whole = whole;
  }

  void fetch(Map<FileEntry, Path> files) throws IOException {
    Map<ContentId, byte[]> lists = lists(files);
    files.forEach(
        (file, path) -> {
          byte[] list = lists.get(file.content());
          if (list == null) {
            want(file.content(), file.sizeBytes(), new Place(new Target(file, path, 1), 0));
          } else {
            wantPieces(file, PieceList.decode(list, file.content().sha256()), path);
          }
        });
    fetch.fetch(wanted.iterator(), this::write);
  }

  private Map<ContentId, byte[]> lists(Map<FileEntry, Path> files) throws IOException {
    Map<ContentId, byte[]> lists = new ConcurrentHashMap<>();
    List<Wanted> large =
        files.keySet().stream()
            .filter(file -> file.content().kind() == ContentKind.LIST)
            .map(file -> new Wanted(file.content(), PieceList.encodedBytes(file.sizeBytes())))
            .distinct()
            .toList();
    if (!large.isEmpty()) {
      fetch.fetch(
          large.iterator(),
          (content, buffer, offset, length) ->
              lists.put(content, Arrays.copyOfRange(buffer, offset, offset + length)));
    }
    return lists;
  }

  private void wantPieces(FileEntry file, PieceList list, Path path) {
    if (list.sizeBytes() != file.sizeBytes()) {
      throw new FormatException(
          "%s has %d bytes, but its pieces have %d."
              .formatted(file.path().quoted(), file.sizeBytes(), list.sizeBytes()));
    }
    Target target = new Target(file, path, list.pieces().size());
    for (int i = 0; i < list.pieces().size(); i++) {
      Sha256 piece = list.pieces().get(i);
      want(
          new ContentId(ContentKind.BLOB, piece),
          list.pieceBytes(i),
          new Place(target, (long) i * Limits.PIECE_BYTES));
    }
  }

  private void want(ContentId content, long sizeBytes, Place place) {
    places
        .computeIfAbsent(
            content,
            first -> {
              wanted.add(new Wanted(content, sizeBytes));
              return new ArrayList<>(1);
            })
        .add(place);
  }

  private void write(ContentId content, byte[] buffer, int offset, int length) throws IOException {
    for (Place place : places.get(content)) {
      Target target = place.target();
      try (FileChannel file = FileChannel.open(target.file, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, offset, length);
        long at = place.offset();
        while (bytes.hasRemaining()) {
          at += file.write(bytes, at);
        }
      }
      if (target.missingPieces.decrementAndGet() == 0) {
        whole.file(target.entry);
      }
    }
  }
}
