package io.moraine.dataset.file;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.moraine.content.file.CutFile;
import io.moraine.content.file.FileCutter;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Lane;
import io.moraine.dataset.content.LaneThreads;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.file.StagedFileStore.Staged;
import io.moraine.dataset.version.VersionProblem;
import io.moraine.dataset.version.VersionState;
import io.moraine.dataset.version.Versions;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Puts one file into an open version. What it takes to know where to put it is asked together with
 * whether its first piece is there already: so a small file costs two round trips to the database
 * and one to the bucket, and a put that is refused is read for 32 MiB at most. Thread-safe,
 * blocking.
 */
@ApplicationScoped
public class PutFile {
  /**
   * What was put.
   *
   * @param sha256 of the whole file
   */
  public record Put(FilePath path, long sizeBytes, Sha256 sha256, ContentId content) {}

  /** What a put names: by whose lane its memory is taken, before the dataset is asked for. */
  private record Named(TeamId team, String dataset) {}

  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final int NAMES = 10_000;
  private static final Duration NAMES_KEPT = Duration.ofHours(1);

  /** Pieces on their way to one bucket that is not ours; to four such buckets. */
  private static final int OTHER_SHARE = 2;

  private static final int OTHERS = 8;

  /** Each has its memory. */
  private static final int MOST_WAITING = 100_000;

  private final UploadMemory memory;
  private final StagedFileStore store;
  private final Versions versions;
  private final Contents contents;
  private final Expectations expectations;
  private final LaneThreads pieces;
  private final Cache<Named, Lane> lanes =
      Caffeine.newBuilder().maximumSize(NAMES).expireAfterAccess(NAMES_KEPT).build();
  private final Counter bytesIn;

  PutFile(
      UploadMemory memory,
      StagedFileStore store,
      Versions versions,
      Contents contents,
      Expectations expectations,
      MeterRegistry metrics,
      @ConfigProperty(name = "moraine.uploads.parallel-pieces") int parallelPieces) {
    this.memory = memory;
    this.store = store;
    this.versions = versions;
    this.contents = contents;
    this.expectations = expectations;
    this.pieces =
        new LaneThreads("piece-upload", parallelPieces, OTHER_SHARE, OTHERS, MOST_WAITING);
    this.bytesIn = metrics.counter("moraine.bytes.in");
  }

  @PreDestroy
  void close() {
    pieces.close();
  }

  /**
   * The file is in the version when this returns, or nothing is changed.
   *
   * @param ref names the version by its id
   * @param length that {@code body} must have, or {@link FileCutter#UNKNOWN_LENGTH}
   * @throws IOException if the body breaks off or has another length
   */
  public Put into(TeamId team, DatasetRef ref, FilePath path, long length, InputStream body)
      throws IOException {
    return into(team, ref, path, Expected.ANYTHING, length, body);
  }

  /**
   * As {@link #into(TeamId, DatasetRef, FilePath, long, InputStream)}, if the path is as expected,
   * when it begins and still when it ends: 412 when it is not, 404 when there should be a file and
   * is none, 409 when another request changes it meanwhile.
   */
  public Put into(
      TeamId team, DatasetRef ref, FilePath path, Expected expected, long length, InputStream body)
      throws IOException {
    require(team, ref, path, expected);
    return into(team, ref, path, expected, length, body, PieceLog.NONE);
  }

  /** Fails as a put would that expects this. */
  public void require(TeamId team, DatasetRef ref, FilePath path, Expected expected) {
    expectations.require(team, ref, path, expected);
  }

  /**
   * As {@link #into(TeamId, DatasetRef, FilePath, long, InputStream)}.
   *
   * @param log told which pieces of the file are stored before it ends
   */
  public Put into(
      TeamId team, DatasetRef ref, FilePath path, long length, InputStream body, PieceLog log)
      throws IOException {
    return into(team, ref, path, Expected.ANYTHING, length, body, log);
  }

  private Put into(
      TeamId team,
      DatasetRef ref,
      FilePath path,
      Expected expected,
      long length,
      InputStream body,
      PieceLog log)
      throws IOException {
    try (UploadMemory.Share share = memory.take(team, lane(team, ref), length);
        Upload upload =
            new Upload(contents, pieces, share, log, first -> target(team, ref, first))) {
      CutFile file = cut(body, length, share, upload);
      upload.finish(file);
      stage(team, ref, path, expected, file, upload);
      bytesIn.increment(file.sizeBytes());
      return new Put(path, file.sizeBytes(), file.fileSha256(), file.content());
    }
  }

  private static CutFile cut(InputStream body, long length, UploadMemory.Share share, Upload upload)
      throws IOException {
    try {
      return new FileCutter(share::atLeast).cut(body, length, upload);
    } catch (IOException e) {
      upload.keep();
      throw e;
    }
  }

  /**
   * Brings bytes to the bucket of an open version without putting them into it: they are somebody
   * else's to record and to refer to, within half an hour.
   *
   * @param ref names the version by its id
   * @param length that {@code body} must have, or {@link FileCutter#UNKNOWN_LENGTH}
   * @throws IOException if the body breaks off or has another length
   */
  public BroughtFile bring(TeamId team, DatasetRef ref, long length, InputStream body)
      throws IOException {
    try (UploadMemory.Share share = memory.take(team, lane(team, ref), length);
        Upload upload =
            new Upload(contents, pieces, share, PieceLog.NONE, first -> target(team, ref, first))) {
      CutFile file = cut(body, length, share, upload);
      upload.finish(file);
      return new BroughtFile(
          upload.target().store(), file, List.copyOf(upload.brought()), contents(file));
    }
  }

  /** As far as is known before the dataset is asked for. */
  private Lane lane(TeamId team, DatasetRef ref) {
    return Optional.ofNullable(lanes.getIfPresent(new Named(team, ref.dataset())))
        .orElse(Lane.MANAGED);
  }

  private PutTarget target(TeamId team, DatasetRef ref, Sha256 firstPiece) {
    PutTarget target =
        store
            .target(team, ref, firstPiece, contents.blobObject(team, firstPiece))
            .await()
            .atMost(DATABASE_PATIENCE)
            .orElseGet(() -> missing(team, ref));
    requireOpen(target);
    lanes.put(new Named(team, ref.dataset()), contents.lane(target.store()));
    return target;
  }

  /** Fails, saying what is missing. */
  private PutTarget missing(TeamId team, DatasetRef ref) {
    versions.find(team, ref).await().atMost(DATABASE_PATIENCE);
    throw new IllegalStateException(ref + " appeared in the middle of a put; try again.");
  }

  private static void requireOpen(PutTarget target) {
    if (target.state() != VersionState.OPEN) {
      throw new VersionProblem.NotOpen(target.version(), target.state()).exception();
    }
  }

  private void stage(
      TeamId team, DatasetRef ref, FilePath path, Expected expected, CutFile file, Upload upload) {
    PutTarget target = upload.target();
    Seen seen = expectations.require(team, ref, path, expected);
    Staged staged =
        store
            .stage(target, path, file, seen, upload.brought(), notBrought(file, upload.brought()))
            .await()
            .atMost(DATABASE_PATIENCE);
    if (staged.done()) {
      touch(target);
      return;
    }
    // Refused: because of what it is now, first of all.
    requireOpen(target(team, ref, file.content().sha256()));
    if (staged.going().isPresent()) {
      throw Contents.beingDeleted(staged.going().get());
    }
    if (!staged.missing().isEmpty()) {
      throw new FileProblem.ContentsMissing(target.version(), staged.missing()).exception();
    }
    if (staged.clash().isPresent()) {
      throw clash(target, path, staged.clash().get()).exception();
    }
    expectations.require(team, ref, path, expected);
    throw new FileProblem.ChangedMeanwhile(target.version(), path).exception();
  }

  /** The contents of the file that have to be there, since they were when it began. */
  private static Set<ContentId> notBrought(CutFile file, List<Location> brought) {
    Set<ContentId> contents = contents(file);
    brought.forEach(location -> contents.remove(location.content()));
    return contents;
  }

  private static Set<ContentId> contents(CutFile file) {
    Set<ContentId> contents = new HashSet<>();
    contents.add(file.content());
    file.pieces()
        .ifPresent(
            list -> list.pieces().forEach(p -> contents.add(new ContentId(ContentKind.BLOB, p))));
    return contents;
  }

  private void touch(PutTarget target) {
    if (target.untouched()) {
      store.touch(target.version()).await().atMost(DATABASE_PATIENCE);
    }
  }

  private static VersionProblem clash(PutTarget target, FilePath path, FilePath other) {
    return other.isBelow(path)
        ? new VersionProblem.FileAndDirectory(target.version(), path, other)
        : new VersionProblem.FileAndDirectory(target.version(), other, path);
  }
}
