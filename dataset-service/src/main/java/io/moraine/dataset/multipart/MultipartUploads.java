package io.moraine.dataset.multipart;

import io.moraine.dataset.content.Contents;
import io.moraine.dataset.file.BroughtFile;
import io.moraine.dataset.file.ETag;
import io.moraine.dataset.file.Expected;
import io.moraine.dataset.file.PutFile;
import io.moraine.dataset.file.ReadFile;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.VersionProblem;
import io.moraine.dataset.version.VersionState;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Takes files in parts, numbered from 1 to 10,000, of any size up to what a file may have, in any
 * order and beside one another; a part that comes again replaces the one before. An upload of
 * another team is none. Every call fails with a 409 that says so once the version is not open any
 * more, and nothing is changed then. Whether the caller may write is the caller's to check.
 *
 * <p>Blocking, thread-safe. Memory: that of a put for each part and completion under way. Uploads
 * live in the database, so that a restart loses none.
 */
@ApplicationScoped
public class MultipartUploads {
  /** As with S3. */
  static final int MOST_PARTS = 10_000;

  /** Uploads under way in one version: whoever begins more has lost count. */
  static final int MOST_UPLOADS = 1_000;

  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final MultipartStore store;
  private final Database database;
  private final Versions versions;
  private final Contents contents;
  private final PutFile putFile;
  private final ReadFile readFile;

  MultipartUploads(
      MultipartStore store,
      Database database,
      Versions versions,
      Contents contents,
      PutFile putFile,
      ReadFile readFile) {
    this.store = store;
    this.database = database;
    this.versions = versions;
    this.contents = contents;
    this.putFile = putFile;
    this.readFile = readFile;
  }

  /** Begins an upload of {@code path} in an open version; answers with its id. */
  public String create(TeamId team, DatasetRef version, FilePath path) {
    Version found = await(versions.find(team, version));
    String id = UUID.randomUUID().toString().replace("-", "");
    if (!await(store.create(id, team, found.key(), path, MOST_UPLOADS))) {
      requireOpen(await(versions.find(team, version)));
      throw new MultipartProblem.TooManyUploads(found.key()).exception();
    }
    return id;
  }

  /**
   * Takes one part.
   *
   * @param length that {@code body} must have, or {@link
   *     io.moraine.content.file.FileCutter#UNKNOWN_LENGTH}
   * @return its ETag, without quotes
   * @throws IOException if the body breaks off or has another length: nothing is stored then
   */
  public String putPart(TeamId team, String uploadId, int number, long length, InputStream body)
      throws IOException {
    if (number < 1 || number > MOST_PARTS) {
      throw new MultipartProblem.NoPartNumber(number).exception();
    }
    LiveUpload upload = open(team, uploadId);
    BroughtFile part = putFile.bring(team, upload.version().ref(), length, body);
    contents.record(part.store(), part.brought());
    await(database.transaction(tx -> putPart(tx, team, uploadId, number, part)));
    return ETag.of(part.file().content(), part.file().sizeBytes());
  }

  private Uni<Void> putPart(
      Transaction tx, TeamId team, String uploadId, int number, BroughtFile part) {
    return store
        .lock(tx, team, uploadId)
        .map(
            found ->
                found.orElseThrow(() -> new MultipartProblem.NoSuchUpload(uploadId).exception()))
        .invoke(MultipartUploads::requireOpen)
        .chain(() -> contents.keep(tx, part.store(), part.contents()))
        .invoke(
            missing -> {
              if (!missing.isEmpty()) {
                throw new MultipartProblem.PartGone(number).exception();
              }
            })
        .chain(
            () ->
                store.putPart(
                    tx, uploadId, number, part.file().sizeBytes(), part.file().content()));
  }

  /**
   * Makes the named parts, in their order, one file. Whole, or nothing is changed. An upload that
   * was completed already is answered with the same ETag.
   *
   * @return the file's ETag, without quotes
   */
  public String complete(TeamId team, String uploadId, List<Part> parts) {
    return complete(team, uploadId, parts, Expected.ANYTHING);
  }

  /** As {@link #complete(TeamId, String, List)}, if the upload's path is as expected. */
  public String complete(TeamId team, String uploadId, List<Part> parts, Expected expected) {
    LiveUpload upload = get(team, uploadId);
    List<StoredPart> chosen = chosen(uploadId, parts);
    if (upload.etag().isPresent()) {
      return upload.etag().get();
    }
    requireOpen(upload);
    PutFile.Put file = put(team, upload, chosen, expected);
    String etag = ETag.of(file.content(), file.sizeBytes());
    await(store.markCompleted(uploadId, etag));
    return etag;
  }

  private List<StoredPart> chosen(String uploadId, List<Part> parts) {
    if (parts.isEmpty() || parts.size() > MOST_PARTS) {
      throw new MultipartProblem.NoParts(uploadId).exception();
    }
    Map<Integer, StoredPart> stored =
        await(store.parts(uploadId)).stream()
            .collect(Collectors.toMap(StoredPart::number, Function.identity()));
    List<StoredPart> chosen = new ArrayList<>();
    int last = 0;
    for (Part part : parts) {
      if (part.number() <= last) {
        throw new MultipartProblem.WrongOrder(part.number()).exception();
      }
      last = part.number();
      StoredPart found = stored.get(last);
      if (found == null || !part.isOf(found)) {
        throw new MultipartProblem.WrongPart(last).exception();
      }
      chosen.add(found);
    }
    return chosen;
  }

  private PutFile.Put put(
      TeamId team, LiveUpload upload, List<StoredPart> parts, Expected expected) {
    long sizeBytes = parts.stream().mapToLong(StoredPart::sizeBytes).sum();
    try (InputStream all = new PartsStream(readFile, upload.store(), parts)) {
      return putFile.into(team, upload.version().ref(), upload.path(), expected, sizeBytes, all);
    } catch (IOException e) {
      throw new IllegalStateException(
          "The parts of upload " + upload.id() + " could not be read again", e);
    }
  }

  /** Fails as a completion would that expects this. */
  public void require(TeamId team, LiveUpload upload, Expected expected) {
    putFile.require(team, upload.version().ref(), upload.path(), expected);
  }

  /** Drops an upload; fails with a 404 when there is none. */
  public void abort(TeamId team, String uploadId) {
    get(team, uploadId);
    await(store.abort(team, uploadId));
  }

  /** The upload, perhaps a completed one; fails with a 404 when there is none (any more). */
  public LiveUpload get(TeamId team, String uploadId) {
    return await(store.find(team, uploadId))
        .orElseThrow(() -> new MultipartProblem.NoSuchUpload(uploadId).exception());
  }

  /** As {@link #get}, of one that takes parts still. */
  public LiveUpload open(TeamId team, String uploadId) {
    LiveUpload upload = get(team, uploadId);
    requireOpen(upload);
    if (upload.etag().isPresent()) {
      throw new MultipartProblem.NoSuchUpload(uploadId).exception();
    }
    return upload;
  }

  /** The parts that have arrived, by number. */
  public List<StoredPart> parts(LiveUpload upload) {
    return await(store.parts(upload.id()));
  }

  /** The uploads under way in the dataset's open versions, by version and path. */
  public List<LiveUpload> ofDataset(TeamId team, DatasetId dataset, int most) {
    return await(store.ofDataset(team, dataset, most));
  }

  private static void requireOpen(LiveUpload upload) {
    requireOpen(upload.version(), upload.state());
  }

  private static void requireOpen(Version version) {
    requireOpen(version.key(), version.state());
  }

  private static void requireOpen(VersionKey version, VersionState state) {
    if (state != VersionState.OPEN) {
      throw new VersionProblem.NotOpen(version, state).exception();
    }
  }

  private static <T> T await(Uni<T> answer) {
    return answer.await().atMost(DATABASE_PATIENCE);
  }
}
