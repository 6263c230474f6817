package io.moraine.dataset.file;

import io.moraine.content.file.CutFile;
import io.moraine.content.file.PieceList;
import io.moraine.content.file.PieceSink;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.LaneThreads;
import io.moraine.dataset.content.Location;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Brings the pieces of one file to the bucket, those that its store does not have. Where there is
 * memory for more than one, whole pieces travel while the next arrives. Not thread-safe. Closing it
 * waits for what is under way.
 */
final class Upload implements PieceSink, AutoCloseable {
  /** With two on their way, the bucket has one to receive while it makes the other durable. */
  private static final int MOST_TRAVELLING = 2;

  /**
   * @param number of pieces of the file before it
   */
  private record Travelling(
      int number, ContentId piece, byte[] buffer, CompletableFuture<Void> arrival) {
    boolean isStored() {
      return arrival.isDone() && !arrival.isCompletedExceptionally();
    }
  }

  private final Contents contents;
  private final LaneThreads threads;
  private final UploadMemory.Share memory;
  private final Function<Sha256, PutTarget> findTarget;
  private final List<Location> brought = new ArrayList<>();
  private final Deque<Travelling> underWay = new ArrayDeque<>();
  private final PieceLog log;
  private PutTarget target;
  private int accepted;
  private long toldNanos = System.nanoTime();

  /**
   * @param log told what is stored before the file ends
   * @param findTarget asked once, with the first piece
   */
  Upload(
      Contents contents,
      LaneThreads threads,
      UploadMemory.Share memory,
      PieceLog log,
      Function<Sha256, PutTarget> findTarget) {
    this.contents = contents;
    this.threads = threads;
    this.memory = memory;
    this.log = log;
    this.findTarget = findTarget;
  }

  @Override
  public void accept(byte[] buffer, int length, Sha256 sha256) throws IOException {
    ContentId piece = new ContentId(ContentKind.BLOB, sha256);
    boolean isThere = isThere(piece);
    tellStored();
    log.cut(accepted++, sha256);
    if (isThere) {
      return;
    }
    Location location = contents.ownObject(target.store(), piece, length);
    if (length == Limits.PIECE_BYTES) {
      send(location, buffer);
    } else { // the last: nothing arrives beside it, and it is recorded with the file
      contents.put(target.store(), location, buffer);
      brought.add(location);
    }
  }

  private boolean isThere(ContentId piece) {
    if (target == null) {
      target = findTarget.apply(piece.sha256());
      return target.firstPieceKnown()
          || target.objectGoing() && contents.has(target.store(), piece);
    }
    return isUnderWay(piece) || contents.has(target.store(), piece);
  }

  /** The store does not know yet of a piece that came a moment ago, of a file of zeros say. */
  private boolean isUnderWay(ContentId piece) {
    return underWay.stream().anyMatch(travelling -> travelling.piece().equals(piece));
  }

  private void tellStored() {
    if (System.nanoTime() - toldNanos < log.every().toNanos()) {
      return;
    }
    log.stored(stored());
    toldNanos = System.nanoTime();
  }

  /** How many of the first pieces are stored and recorded, those waited for or not. */
  private int stored() {
    return underWay.stream()
        .filter(piece -> !piece.isStored())
        .findFirst()
        .map(Travelling::number)
        .orElse(accepted);
  }

  private void send(Location location, byte[] piece) {
    Optional<byte[]> copy = freeBuffer();
    if (copy.isEmpty()) { // no memory for two: it travels before the next arrives
      putAndRecord(location, piece);
      return;
    }
    System.arraycopy(piece, 0, copy.get(), 0, Limits.PIECE_BYTES);
    underWay.add(
        new Travelling(
            accepted - 1,
            location.content(),
            copy.get(),
            CompletableFuture.runAsync(
                () -> putAndRecord(location, copy.get()),
                threads.of(contents.lane(target.store())))));
  }

  /** At once, however slowly the rest of the file comes: within half an hour it has to be. */
  private void putAndRecord(Location location, byte[] piece) {
    contents.put(target.store(), location, piece);
    contents.record(target.store(), List.of(location));
  }

  private Optional<byte[]> freeBuffer() {
    if (underWay.size() < MOST_TRAVELLING && memory.growByPiece()) {
      return Optional.of(new byte[Limits.PIECE_BYTES]);
    }
    return underWay.isEmpty() ? Optional.empty() : Optional.of(awaitOldest());
  }

  private byte[] awaitOldest() {
    Travelling oldest = underWay.element();
    try {
      oldest.arrival().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    return underWay.remove().buffer();
  }

  /** Puts the list of a large file; when this returns, all of the file is in the bucket. */
  void finish(CutFile file) {
    if (file.pieces().isPresent()) {
      putList(file, file.pieces().get());
    }
    while (!underWay.isEmpty()) {
      awaitOldest();
    }
  }

  private void putList(CutFile file, PieceList list) {
    byte[] bytes = list.encode();
    Location own = contents.ownObject(target.store(), file.content(), bytes.length);
    contents.awaitDeletions(target.store(), List.of(own.object()));
    contents.put(target.store(), own, bytes);
    brought.add(own.ofFile(file.fileSha256()));
  }

  /** Of a file that broke off: records what arrived, if somebody is going to begin from there. */
  void keep() {
    if (log == PieceLog.NONE || target == null) {
      return;
    }
    while (!underWay.isEmpty()) {
      awaitOldest();
    }
    contents.record(target.store(), brought);
    log.stored(accepted);
  }

  PutTarget target() {
    return target;
  }

  /** The contents that are to be recorded still. */
  List<Location> brought() {
    return brought;
  }

  @Override
  public void close() {
    underWay.forEach(piece -> piece.arrival().exceptionally(failure -> null).join());
  }
}
