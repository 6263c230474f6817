package io.moraine.dataset.imports;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.SourceObject;
import io.moraine.dataset.file.FileBatch;
import io.moraine.dataset.file.PieceLog;
import io.moraine.dataset.version.Version;
import io.moraine.kit.FaultPoint;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the files of an import arrive: its draft. Names are those of the source, whatever they are;
 * none leads out of the version. Says to the run from time to time up to where all is in the draft.
 * Blocking; for one thread.
 */
final class Landing {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final ImportRun run;
  private final Version draft;
  private final String directory;
  private final FileBatch batch;
  private final Contents contents;
  private final ImportStore store;
  private final ImportConfig limits;
  private String key;
  private long flushedNanos = System.nanoTime();

  Landing(
      ImportRun run,
      Version draft,
      String directory,
      FileBatch batch,
      Contents contents,
      ImportStore store,
      ImportConfig limits) {
    this.run = run;
    this.draft = draft;
    this.directory = directory;
    this.batch = batch;
    this.contents = contents;
    this.store = store;
    this.limits = limits;
  }

  /**
   * The place of a source's file in the version. Refuses what is absolute, leads upwards, is too
   * deep, or is no path.
   */
  FilePath path(String name) {
    return EntryName.path(directory, name, limits.maxDepth());
  }

  /** Puts a file of which {@code length} bytes arrive, or as many as there are. */
  void put(FilePath path, long length, InputStream body) throws IOException {
    requireRoom();
    batch.put(path, length, body, PieceLog.NONE);
    run.fileDone();
  }

  /** Puts a file of any size, without its first pieces that are stored since an earlier try. */
  void put(FilePath path, RemoteFile file) throws IOException {
    requireRoom();
    if (file.length() > limits.maxBytes()) {
      throw tooManyBytes();
    }
    Pieces pieces = new Pieces(path);
    List<Sha256> stored = file.isResumable() ? pieces.stored(file.length()) : List.of();
    long offset = (long) stored.size() * Limits.PIECE_BYTES;
    run.read(offset);
    try (InputStream rest = new ResumingStream(file, offset, run);
        InputStream whole =
            new SequenceInputStream(
                new StoredPieces(contents, draft.store(), stored), within(rest))) {
      batch.put(path, file.length(), whole, pieces);
    }
    pieces.forget();
    run.fileDone();
  }

  /** Enters an object that stays where it is, in the bucket of a provider of the team. */
  void refer(FilePath path, BucketObject object, ProviderId keeper) throws IOException {
    if (object.length() > limits.maxBytes()) {
      throw tooManyBytes();
    }
    try (InputStream all = within(new ResumingStream(object, 0, run))) {
      refer(path, object, keeper, all);
    }
  }

  /**
   * As {@link #refer(FilePath, BucketObject, ProviderId)}.
   *
   * @param all of it, which was opened already
   */
  void refer(FilePath path, BucketObject object, ProviderId keeper, InputStream all)
      throws IOException {
    requireRoom();
    batch.refer(path, object.length(), all, new SourceObject(keeper, object.pinned()));
    run.fileDone();
  }

  private void requireRoom() {
    if (run.position().files() >= limits.maxFiles()) {
      throw new ImportFailedException(
          "The source has more than %,d files, which is the most of one import. Import it in parts."
              .formatted(limits.maxFiles()));
    }
  }

  /** Of sources that do not say how much they have. */
  private InputStream within(InputStream in) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        int read = in.read();
        requireBytes();
        return read;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        requireBytes();
        return read;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  /** Fails when the source has more bytes than an import may have. */
  void requireBytes() {
    if (run.position().bytes() > limits.maxBytes()) {
      throw tooManyBytes();
    }
  }

  private ImportFailedException tooManyBytes() {
    return new ImportFailedException(
        "The source has more than %,d bytes, which is the most of one import. Import it in parts."
            .formatted(limits.maxBytes()));
  }

  /**
   * All of the source up to {@code key} was put. It becomes part of the draft now, or later with
   * more.
   */
  void done(String newKey) {
    key = newKey;
    if (System.nanoTime() - flushedNanos >= limits.checkpointEvery().toNanos()) {
      flush();
    }
  }

  /** Makes everything that was put part of the draft. */
  void flush() {
    batch.flush();
    if (key != null) {
      run.checkpoint(key);
    }
    flushedNanos = System.nanoTime();
    FaultPoint.reached("import.checkpoint");
  }

  /** Remembers the pieces of the file that is just put. */
  private final class Pieces implements PieceLog {
    private final FilePath path;
    private final List<Sha256> all = new ArrayList<>();
    private int kept;

    Pieces(FilePath path) {
      this.path = path;
    }

    /** The first pieces that are still there, of a file that has {@code length} bytes. */
    List<Sha256> stored(long length) {
      if (length <= Limits.PIECE_BYTES) {
        return List.of();
      }
      List<Sha256> known = store.pieces(run.id(), path).await().atMost(DATABASE_PATIENCE);
      List<ContentId> ids =
          known.stream().map(sha256 -> new ContentId(ContentKind.BLOB, sha256)).toList();
      Map<ContentId, ?> there = contents.locations(draft.store(), ids);
      int count = 0;
      while (count < ids.size()
          && there.containsKey(ids.get(count))
          && (count + 1L) * Limits.PIECE_BYTES < length) {
        count++;
      }
      kept = count;
      return known.subList(0, count);
    }

    @Override
    public Duration every() {
      return limits.checkpointEvery();
    }

    @Override
    public void cut(int number, Sha256 piece) {
      all.add(piece);
    }

    @Override
    public void stored(int pieces) {
      if (pieces > kept) {
        store
            .addPieces(run.id(), path, kept, List.copyOf(all.subList(kept, pieces)))
            .await()
            .atMost(DATABASE_PATIENCE);
        kept = pieces;
        FaultPoint.reached("import.pieces");
      }
    }

    void forget() {
      if (kept > 0) {
        store.forgetPieces(run.id(), path).await().atMost(DATABASE_PATIENCE);
      }
    }
  }
}
