package io.moraine.dataset.multipart;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.VersionState;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The tables {@code multipart_upload} and {@code multipart_part}. */
@ApplicationScoped
class MultipartStore {
  /** The version's row is shared, as by puts: entering committing waits for it, or comes first. */
  private static final String CREATE =
      """
      INSERT INTO multipart_upload (id, team, dataset, version, path)
      SELECT $1, $2, v.dataset, v.id, $5
      FROM (SELECT dataset, id FROM version WHERE team = $2 AND dataset = $3 AND id = $4 AND state = 'open' FOR SHARE) v
      WHERE (SELECT count(*) FROM multipart_upload WHERE dataset = $3 AND version = $4 AND etag IS NULL) < $6
      """;

  private static final String SHOWN =
      """
      SELECT u.id, u.team, u.dataset, u.version, u.path, u.created_at, u.etag, v.state, d.provider
      FROM multipart_upload u
      JOIN version v ON v.dataset = u.dataset AND v.id = u.version
      JOIN dataset d ON d.id = u.dataset
      WHERE u.team = $1 AND d.state = 'live' AND v.state <> 'deleting'
      """;
  private static final String FIND = SHOWN + " AND u.id = $2";
  private static final String LOCK =
      SHOWN + " AND u.id = $2 AND u.etag IS NULL FOR SHARE OF v FOR KEY SHARE OF u";
  private static final String OF_DATASET =
      SHOWN
          + """
             AND u.dataset = $2 AND u.etag IS NULL AND v.state = 'open'
            ORDER BY u.version COLLATE "C", u.path, u.id LIMIT $3
            """;

  private static final String PUT_PART =
      """
      INSERT INTO multipart_part (upload, number, size_bytes, kind, digest) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (upload, number) DO UPDATE
        SET size_bytes = excluded.size_bytes, kind = excluded.kind, digest = excluded.digest, put_at = now()
      """;

  /** Once a minute: parts that arrive side by side need not wait for one another. */
  private static final String TOUCH =
      "UPDATE multipart_upload SET touched_at = now() WHERE id = $1 AND touched_at < now() - interval '1 minute'";

  private static final String PARTS =
      "SELECT number, size_bytes, kind, digest, put_at FROM multipart_part WHERE upload = $1 ORDER BY number";

  private static final String COMPLETED =
      "UPDATE multipart_upload SET etag = $2, touched_at = now() WHERE id = $1";

  private static final String ABORT = "DELETE FROM multipart_upload WHERE team = $1 AND id = $2";

  private static final String EXPIRE =
      """
      DELETE FROM multipart_upload WHERE id IN (
        SELECT u.id FROM multipart_upload u LEFT JOIN version v ON v.dataset = u.dataset AND v.id = u.version
        WHERE u.touched_at <= now() - make_interval(secs => $1)
          OR v.id IS NULL OR v.state IN ('committed', 'deleting')
        LIMIT $2)
      """;

  private final Pool pool;

  MultipartStore(Pool pool) {
    this.pool = pool;
  }

  /** Whether it was made: not when the version is not open, or has {@code most} already. */
  Uni<Boolean> create(String id, TeamId team, VersionKey version, FilePath path, int most) {
    return pool.preparedQuery(CREATE)
        .execute(
            Tuple.of(
                id,
                team.text(),
                version.dataset().text(),
                version.version().text(),
                path.toString(),
                most))
        .map(rows -> rows.rowCount() == 1);
  }

  /** None of a version that is being deleted. */
  Uni<Optional<LiveUpload>> find(TeamId team, String id) {
    return pool.preparedQuery(FIND)
        .execute(Tuple.of(team.text(), id))
        .map(rows -> stream(rows).findFirst().map(MultipartStore::upload));
  }

  /**
   * As {@link #find}, unless it is completed; upload and version stay as they are for {@code tx}.
   */
  Uni<Optional<LiveUpload>> lock(Transaction tx, TeamId team, String id) {
    return tx.preparedQuery(LOCK)
        .execute(Tuple.of(team.text(), id))
        .map(rows -> stream(rows).findFirst().map(MultipartStore::upload));
  }

  /** Those under way in the dataset's open versions, by version, path and id. */
  Uni<List<LiveUpload>> ofDataset(TeamId team, DatasetId dataset, int most) {
    return pool.preparedQuery(OF_DATASET)
        .execute(Tuple.of(team.text(), dataset.text(), most))
        .map(rows -> stream(rows).map(MultipartStore::upload).toList());
  }

  /** Replaces a part of the same number. */
  Uni<Void> putPart(Transaction tx, String upload, int number, long sizeBytes, ContentId content) {
    return tx.preparedQuery(PUT_PART)
        .execute(
            Tuple.of(
                upload,
                number,
                sizeBytes,
                (short) content.kind().code(),
                Buffer.buffer(content.sha256().toBytes())))
        .chain(() -> tx.preparedQuery(TOUCH).execute(Tuple.of(upload)))
        .replaceWithVoid();
  }

  /** By number. */
  Uni<List<StoredPart>> parts(String upload) {
    return pool.preparedQuery(PARTS)
        .execute(Tuple.of(upload))
        .map(rows -> stream(rows).map(MultipartStore::part).toList());
  }

  Uni<Void> markCompleted(String upload, String etag) {
    return pool.preparedQuery(COMPLETED).execute(Tuple.of(upload, etag)).replaceWithVoid();
  }

  /** Whether there was one. */
  Uni<Boolean> abort(TeamId team, String upload) {
    return pool.preparedQuery(ABORT)
        .execute(Tuple.of(team.text(), upload))
        .map(rows -> rows.rowCount() == 1);
  }

  /** Drops uploads for which nothing arrived for so long, or whose version takes nothing more. */
  Uni<Integer> expire(Duration abandoned, int most) {
    return pool.preparedQuery(EXPIRE)
        .execute(Tuple.of((double) abandoned.toSeconds(), most))
        .map(RowSet::rowCount);
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static LiveUpload upload(Row row) {
    return new LiveUpload(
        row.getString("id"),
        new VersionKey(
            new DatasetId(row.getString("dataset")), new VersionId(row.getString("version"))),
        new Store(new TeamId(row.getString("team")), new ProviderId(row.getString("provider"))),
        VersionState.of(row.getString("state")),
        FilePath.of(row.getString("path")),
        row.getOffsetDateTime("created_at").toInstant(),
        Optional.ofNullable(row.getString("etag")));
  }

  private static StoredPart part(Row row) {
    return new StoredPart(
        row.getInteger("number"),
        row.getLong("size_bytes"),
        new ContentId(
            ContentKind.ofCode(row.getInteger("kind")),
            Sha256.ofBytes(row.getBuffer("digest").getBytes())),
        row.getOffsetDateTime("put_at").toInstant());
  }
}
