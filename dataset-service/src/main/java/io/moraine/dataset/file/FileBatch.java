package io.moraine.dataset.file;

import io.moraine.content.file.CutFile;
import io.moraine.content.file.FileCutter;
import io.moraine.content.file.PieceList;
import io.moraine.content.file.WrongLengthException;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.pack.PackWriter;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.SourceObject;
import io.moraine.dataset.version.Version;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Many files on their way into one open version. Small ones wait until there are enough for a pack;
 * {@link #flush} puts and stages what waits. Of a path that comes twice, the last counts. Blocking;
 * for one thread. Memory: 8 MiB of small files, twice while they are packed, and what one put of a
 * large file takes from {@link UploadMemory}.
 */
public final class FileBatch {
  /** What is no larger travels in packs, as the collector would have it. */
  private static final int SMALL_BYTES = 1 << 20;

  private static final int WAITING_BYTES = 8 << 20;
  private static final int WAITING_FILES = 5_000;

  /** How often contents are put again that were collected before they were staged. */
  private static final int TRIES = 3;

  private final Version version;
  private final Contents contents;
  private final PutFile putFile;
  private final StageFiles stageFiles;
  private final Map<FilePath, FileEntry> waiting = new LinkedHashMap<>();
  private final Map<ContentId, byte[]> bytes = new LinkedHashMap<>();
  private int waitingBytes;

  FileBatch(Version version, Contents contents, PutFile putFile, StageFiles stageFiles) {
    this.version = version;
    this.contents = contents;
    this.putFile = putFile;
    this.stageFiles = stageFiles;
  }

  /**
   * Puts a file, or lets it wait for others.
   *
   * @param length that {@code body} must have, or {@link FileCutter#UNKNOWN_LENGTH}
   * @param log of the pieces, if it is a large one
   */
  public void put(FilePath path, long length, InputStream body, PieceLog log) throws IOException {
    byte[] head = length > SMALL_BYTES ? new byte[0] : body.readNBytes(SMALL_BYTES + 1);
    if (length <= SMALL_BYTES && head.length <= SMALL_BYTES) {
      requireLength(length, head.length);
      add(path, head);
      return;
    }
    waiting.remove(path);
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), body);
    putFile.into(version.store().team(), version.key().ref(), path, length, whole, log);
  }

  /**
   * Enters a file that stays where it is: its bytes are read to be hashed, 64 KiB in memory, and
   * each content of it is looked for in {@code source} from now on. Of a large one, the list of its
   * pieces is stored.
   *
   * @param body all of the object, whose length is {@code length}
   */
  public void refer(FilePath path, long length, InputStream body, SourceObject source)
      throws IOException {
    CutFile file = FileCutter.digest(body, OutputStream.nullOutputStream());
    if (file.sizeBytes() != length) {
      throw new WrongLengthException(length, "it has " + file.sizeBytes());
    }
    if (length == 0) {
      add(path, new byte[0]);
      return;
    }
    file.pieces().ifPresent(list -> putList(file, list));
    contents.refer(version.store(), version.key().dataset(), source, places(file, source));
    if (waiting.size() >= WAITING_FILES) {
      flush();
    }
    waiting.put(path, new FileEntry(path, length, file.content()));
  }

  private void putList(CutFile file, PieceList list) {
    byte[] encoded = list.encode();
    Location own = contents.ownObject(version.store(), file.content(), encoded.length);
    if (!contents.has(version.store(), file.content())) {
      contents.put(version.store(), own, encoded);
      contents.record(version.store(), List.of(own.ofFile(file.fileSha256())));
    }
  }

  private static List<Location> places(CutFile file, SourceObject source) {
    String key = source.object().key();
    if (file.pieces().isEmpty()) {
      return List.of(new Location(file.content(), key, 0, file.sizeBytes(), Optional.empty()));
    }
    PieceList list = file.pieces().get();
    List<Location> places = new ArrayList<>();
    for (int i = 0; i < list.pieces().size(); i++) {
      ContentId piece = new ContentId(ContentKind.BLOB, list.pieces().get(i));
      long offset = (long) i * Limits.PIECE_BYTES;
      places.add(new Location(piece, key, offset, list.pieceBytes(i), Optional.empty()));
    }
    return places;
  }

  private static void requireLength(long announced, int found) throws WrongLengthException {
    if (announced != FileCutter.UNKNOWN_LENGTH && announced != found) {
      throw new WrongLengthException(
          announced, found > announced ? "more came" : "it ended after " + found);
    }
  }

  private void add(FilePath path, byte[] file) {
    if (waitingBytes + file.length > WAITING_BYTES || waiting.size() >= WAITING_FILES) {
      flush();
    }
    ContentId content = new ContentId(ContentKind.BLOB, Sha256.of(file));
    waiting.put(path, new FileEntry(path, file.length, content));
    if (bytes.putIfAbsent(content, file) == null) {
      waitingBytes += file.length;
    }
  }

  /** When this returns, every file that was put is in the version. */
  public void flush() {
    for (int i = 1; !waiting.isEmpty(); i++) {
      bring();
      try {
        stageFiles.into(version, waiting.values().stream().map(Change::put).iterator());
        waiting.clear();
      } catch (ProblemException e) {
        if (!(e.problem() instanceof FileProblem.ContentsMissing) || i == TRIES) {
          throw e;
        }
      }
    }
    bytes.clear();
    waitingBytes = 0;
  }

  /** Those contents that the store does not have. */
  private void bring() {
    Set<ContentId> missing = contents.missing(version.store(), bytes.keySet());
    if (missing.isEmpty()) {
      return;
    }
    PackWriter pack = new PackWriter();
    missing.forEach(content -> pack.add(content, bytes.get(content), bytes.get(content).length));
    contents.putPack(version.store(), pack.finish());
  }
}
