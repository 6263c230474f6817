package io.moraine.dataset.file;

import io.moraine.content.file.CutFile;
import io.moraine.content.file.PieceList;
import io.moraine.content.file.PieceSink;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/**
 * Brings the pieces of one file to the bucket, those that its store does not have. Where there is
 * memory for two, a whole piece travels while the next arrives. Not thread-safe. Closing it waits
 * for the piece that is under way.
 */
final class Upload implements PieceSink, AutoCloseable {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final Contents contents;
  private final ExecutorService threads;
  private final UploadMemory.Share memory;
  private final Function<Sha256, PutTarget> findTarget;
  private final List<Location> brought = new ArrayList<>();
  private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
  private PutTarget target;
  private byte[] travelling;

  /**
   * @param findTarget asked once, with the first piece
   */
  Upload(
      Contents contents,
      ExecutorService threads,
      UploadMemory.Share memory,
      Function<Sha256, PutTarget> findTarget) {
    this.contents = contents;
    this.threads = threads;
    this.memory = memory;
    this.findTarget = findTarget;
  }

  @Override
  public void accept(byte[] buffer, int length, Sha256 sha256) throws IOException {
    ContentId piece = new ContentId(ContentKind.BLOB, sha256);
    if (isThere(piece)) {
      return;
    }
    Location location = contents.ownObject(target.store(), piece, length);
    awaitUnderWay();
    if (length == Limits.PIECE_BYTES && hasRoom()) {
      travel(location, buffer);
    } else { // the last, or one that nothing can arrive beside
      contents.put(target.store(), location, buffer);
    }
    brought.add(location);
  }

  private boolean isThere(ContentId piece) {
    if (target == null) {
      target = findTarget.apply(piece.sha256());
      return target.firstPieceKnown();
    }
    return contents.has(target.store(), piece).await().atMost(DATABASE_PATIENCE);
  }

  private boolean hasRoom() {
    if (travelling == null && memory.growByPiece()) {
      travelling = new byte[Limits.PIECE_BYTES];
    }
    return travelling != null;
  }

  private void travel(Location location, byte[] buffer) {
    System.arraycopy(buffer, 0, travelling, 0, Limits.PIECE_BYTES);
    underWay =
        CompletableFuture.runAsync(
            () -> contents.put(target.store(), location, travelling), threads);
  }

  private void awaitUnderWay() {
    try {
      underWay.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Puts the list of a large file; when this returns, all of the file is in the bucket. */
  void finish(CutFile file) {
    if (file.pieces().isPresent()) {
      putList(file, file.pieces().get());
    }
    awaitUnderWay();
  }

  private void putList(CutFile file, PieceList list) {
    byte[] bytes = list.encode();
    Location own = contents.ownObject(target.store(), file.content(), bytes.length);
    contents.put(target.store(), own, bytes);
    brought.add(
        new Location(
            own.content(), own.object(), 0, own.sizeBytes(), Optional.of(file.fileSha256())));
  }

  PutTarget target() {
    return target;
  }

  /** The contents that are to be recorded. */
  List<Location> brought() {
    return brought;
  }

  @Override
  public void close() {
    underWay.exceptionally(failure -> null).join();
  }
}
