package io.moraine.dataset.file;

import io.moraine.content.file.CutFile;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.announce.AnnouncementRules;
import io.moraine.dataset.content.ContentRules;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.VersionState;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
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
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Writes and reads {@code staged_change}, which the commit empties. */
@ApplicationScoped
class StagedFileStore {
  /** Contents that an answer names as missing. */
  private static final int MOST_NAMED = 100;

  /**
   * What a put at its end found.
   *
   * @param going an object that the file brought and that is being deleted
   * @param missing some of the file's contents that the store does not have
   */
  record Staged(
      boolean done, Optional<String> going, Optional<FilePath> clash, List<ContentId> missing) {}

  /**
   * What many entries at once found: all are staged, or none.
   *
   * @param wrongSize a content of another size than its entry says, when there is one
   */
  record StagedMany(boolean open, List<ContentId> missing, Optional<WrongSize> wrongSize) {}

  /** A content's size as claimed and as stored. */
  record WrongSize(ContentId content, long claimedBytes, long storedBytes) {}

  /** A content that has to be there, and its size. */
  record Needed(ContentId content, long sizeBytes) {}

  /** Where the first piece would be put, its deletion is taken back in the same round trip. */
  private static final String TARGET =
      """
      WITH target AS (
        SELECT d.id, d.provider, v.state, v.touched_at < now() - interval '1 hour' AS untouched,
               EXISTS (SELECT FROM content c
                       WHERE c.store = d.provider AND c.kind = 1 AND c.digest = $4 AND c.condemned_at IS NULL) AS known
        FROM dataset d JOIN version v ON v.dataset = d.id
        WHERE d.team = $1 AND d.state = 'live' AND (d.id = $2 OR d.name = $2) AND v.id = $3 AND v.state <> 'deleting'
      ), taken_back AS (
      """
          + ContentRules.takeBack(
              "(SELECT provider FROM target WHERE NOT known)", "ARRAY[$5::text]")
          + """
        RETURNING object
      )
      SELECT target.*,
             NOT EXISTS (SELECT FROM taken_back)
               AND EXISTS (SELECT FROM object_deletion WHERE store = target.provider AND object = $5) AS going
      FROM target
      """;

  /**
   * A file and the contents it brought become known together, in one round trip; those that it did
   * not bring have to be there. The version's row is shared by the puts that are just ending;
   * entering committing wants it alone, so it either waits for them or makes them find no open
   * version. Where it matters what was staged before ($17), a row that was seen ($18) is locked if
   * it is the same still; where none was seen, one that is there now is left alone.
   */
  private static final String STAGE =
      """
      WITH target AS (
        SELECT dataset, id FROM version WHERE dataset = $1 AND id = $2 AND state = 'open' FOR SHARE
      ), clash AS (
        SELECT coalesce(
          (SELECT path FROM staged_change
           WHERE dataset = $1 AND version = $2 AND path = ANY ($4) AND NOT deleted LIMIT 1),
          (SELECT path FROM staged_change
           WHERE dataset = $1 AND version = $2 AND path > $3 || '/' AND path < $3 || '0' AND NOT deleted
           ORDER BY path LIMIT 1)) AS path
      ),
      """
          + ContentRules.takeBackOrLeave("$8", "$11")
          + """
      , recorded AS (
        INSERT INTO content (store, kind, digest, object, offset_bytes, size_bytes, file_sha256)
        SELECT DISTINCT ON (c.kind, c.digest) $8, c.* FROM target, unnest($9::smallint[], $10::bytea[], $11::text[], $12::bigint[], $13::bigint[], $14::bytea[])
          AS c (kind, digest, object, offset_bytes, size_bytes, file_sha256)
        WHERE c.object NOT IN (SELECT object FROM going)
        ORDER BY c.kind, c.digest
      """
          + ContentRules.ON_CONFLICT
          + """
      ), needed AS (
        SELECT * FROM unnest($15::smallint[], $16::bytea[]) AS n (kind, digest)
      ),
      """
          + ContentRules.needed("$8")
          + """
      , seen AS MATERIALIZED (
        SELECT FROM staged_change
        WHERE $17 AND $18 AND dataset = $1 AND version = $2 AND path = $3
          AND (deleted, kind, digest) IS NOT DISTINCT FROM ($19::boolean, $20::smallint, $21::bytea)
        FOR UPDATE
      ), staged AS (
        INSERT INTO staged_change (dataset, version, path, size_bytes, kind, digest)
        SELECT target.dataset, target.id, $3, $5, $6, $7 FROM target, clash
        WHERE clash.path IS NULL AND NOT EXISTS (SELECT FROM missing) AND NOT EXISTS (SELECT FROM going)
          AND (NOT ($17 AND $18) OR EXISTS (SELECT FROM seen))
        ON CONFLICT (dataset, version, path) DO UPDATE
          SET deleted = false, size_bytes = excluded.size_bytes, kind = excluded.kind, digest = excluded.digest,
              staged_at = now()
          WHERE NOT $17 OR $18
        RETURNING dataset, version AS id
      ), settled AS (
      """
          + AnnouncementRules.settle("staged", "ARRAY[$3::text]")
          + """
      )
      SELECT EXISTS (SELECT FROM staged) AS done, (SELECT object FROM going LIMIT 1) AS going,
        clash.path AS clash, m.kind, m.digest
      FROM clash LEFT JOIN (SELECT * FROM missing LIMIT 1) m ON true
      """;

  /** As {@link #STAGE}, for many entries whose contents are all there. */
  private static final String STAGE_MANY =
      """
      WITH target AS (
        SELECT dataset, id, base_digest IS NOT NULL AS based
        FROM version WHERE dataset = $1 AND id = $2 AND state = 'open' FOR SHARE
      ), needed AS (
        SELECT * FROM unnest($4::smallint[], $5::bytea[], $6::bigint[]) AS n (kind, digest, size_bytes)
      ),
      """
          + ContentRules.needed("$3")
          + """
      , wrong AS (
        SELECT kind, digest, size_bytes, stored_bytes FROM found WHERE stored_bytes <> size_bytes LIMIT 1
      ), welcome AS (
        SELECT * FROM target WHERE NOT EXISTS (SELECT FROM missing) AND NOT EXISTS (SELECT FROM wrong)
      ), put AS (
        INSERT INTO staged_change (dataset, version, path, deleted, size_bytes, kind, digest)
        SELECT w.dataset, w.id, c.path, c.digest IS NULL, c.size_bytes, c.kind, c.digest
        FROM welcome w, unnest($7::text[], $8::bigint[], $9::smallint[], $10::bytea[])
          AS c (path, size_bytes, kind, digest)
        WHERE c.digest IS NOT NULL OR w.based
        ON CONFLICT (dataset, version, path) DO UPDATE
          SET deleted = excluded.deleted, size_bytes = excluded.size_bytes, kind = excluded.kind, digest = excluded.digest,
              staged_at = now()
      ), forgotten AS (
        DELETE FROM staged_change s USING welcome w
        WHERE NOT w.based AND s.dataset = w.dataset AND s.version = w.id AND s.path = ANY ($11::text[])
      ), settled AS (
      %1$s
      )
      SELECT EXISTS (SELECT FROM target) AS open, m.kind, m.digest, NULL::bigint AS claimed, NULL::bigint AS stored
      FROM (SELECT) AS one LEFT JOIN (SELECT * FROM missing LIMIT %2$d) m ON true
      UNION ALL
      SELECT true, kind, digest, size_bytes, stored_bytes FROM wrong
      """
              .formatted(AnnouncementRules.settle("welcome", "$7::text[]"), MOST_NAMED);

  /** Once an hour: nobody waits for it who puts. */
  private static final String TOUCH =
      """
      UPDATE version SET touched_at = now()
      WHERE dataset = $1 AND id = $2 AND state = 'open' AND touched_at < now() - interval '1 hour'
      """;

  /**
   * Over a base, the deletion is staged; without one, a staged file that is deleted never was. A
   * file that was announced need not come any more. What was staged before matters as in {@link
   * #STAGE}.
   */
  private static final String DELETE =
      """
      WITH target AS (
        SELECT dataset, id, base_digest IS NOT NULL AS based
        FROM version WHERE dataset = $1 AND id = $2 AND state = 'open' FOR SHARE
      ), seen AS MATERIALIZED (
        SELECT FROM staged_change
        WHERE $4 AND $5 AND dataset = $1 AND version = $2 AND path = $3
          AND (deleted, kind, digest) IS NOT DISTINCT FROM ($6::boolean, $7::smallint, $8::bytea)
        FOR UPDATE
      ), welcome AS (
        SELECT * FROM target WHERE NOT ($4 AND $5) OR EXISTS (SELECT FROM seen)
      ), forgotten AS (
        DELETE FROM staged_change s USING welcome w
        WHERE s.dataset = w.dataset AND s.version = w.id AND s.path = $3 AND NOT w.based
      ), deleted AS (
        INSERT INTO staged_change (dataset, version, path, deleted) SELECT dataset, id, $3, true FROM welcome WHERE based
        ON CONFLICT (dataset, version, path) DO UPDATE SET deleted = true, size_bytes = NULL, kind = NULL, digest = NULL
          WHERE NOT $4 OR $5
        RETURNING path
      ), settled AS (
      """
          + AnnouncementRules.settle("welcome", "ARRAY[$3::text]")
          + """
      )
      SELECT EXISTS (SELECT FROM target) AS open,
        EXISTS (SELECT FROM welcome WHERE NOT based) OR EXISTS (SELECT FROM deleted) AS done
      """;

  private static final String FIND =
      """
      SELECT path, deleted, size_bytes, kind, digest FROM staged_change
      WHERE dataset = $1 AND version = $2 AND path = $3
      """;

  private static final String PAGE =
      """
      SELECT path, deleted, size_bytes, kind, digest FROM staged_change
      WHERE dataset = $1 AND version = $2 AND path >= $3 ORDER BY path LIMIT $4
      """;

  private static final String TIMES =
      """
      SELECT path, staged_at FROM staged_change
      WHERE dataset = $1 AND version = $2 AND path = ANY ($3) AND NOT deleted
      """;

  private final Pool pool;

  StagedFileStore(Pool pool) {
    this.pool = pool;
  }

  /** The version {@code ref}, which names it by id; none that is being deleted. */
  Uni<Optional<PutTarget>> target(
      TeamId team, DatasetRef ref, Sha256 firstPiece, String firstObject) {
    return query(
            TARGET,
            Tuple.of(
                team.text(),
                ref.dataset(),
                ref.selector().toString(),
                bytes(firstPiece),
                firstObject))
        .map(
            rows ->
                stream(rows)
                    .findFirst()
                    .map(row -> target(team, new VersionId(ref.selector().toString()), row)));
  }

  private static PutTarget target(TeamId team, VersionId version, Row row) {
    return new PutTarget(
        new VersionKey(new DatasetId(row.getString("id")), version),
        new Store(team, new ProviderId(row.getString("provider"))),
        VersionState.of(row.getString("state")),
        row.getBoolean("known"),
        row.getBoolean("going"),
        row.getBoolean("untouched"));
  }

  /**
   * Stages the file, unless the version is not open (any more), the file clashes, a content that it
   * did not bring is missing, or the path is not as it was seen.
   */
  Uni<Staged> stage(
      PutTarget target,
      FilePath path,
      CutFile file,
      Seen seen,
      List<Location> brought,
      Collection<ContentId> needed) {
    Tuple parameters =
        Tuple.of(target.version().dataset().text(), target.version().version().text())
            .addString(path.toString())
            .addArrayOfString(
                path.ancestors().stream().map(FilePath::toString).toArray(String[]::new))
            .addLong(file.sizeBytes())
            .addShort((short) file.content().kind().code())
            .addBuffer(bytes(file.content().sha256()))
            .addString(target.store().provider().text())
            .addArrayOfShort(
                brought.stream().map(l -> (short) l.content().kind().code()).toArray(Short[]::new))
            .addArrayOfBuffer(
                brought.stream().map(l -> bytes(l.content().sha256())).toArray(Buffer[]::new))
            .addArrayOfString(brought.stream().map(Location::object).toArray(String[]::new))
            .addArrayOfLong(brought.stream().map(Location::offsetBytes).toArray(Long[]::new))
            .addArrayOfLong(brought.stream().map(Location::sizeBytes).toArray(Long[]::new))
            .addArrayOfBuffer(
                brought.stream()
                    .map(l -> l.fileSha256().map(StagedFileStore::bytes).orElse(null))
                    .toArray(Buffer[]::new))
            .addArrayOfShort(kinds(needed))
            .addArrayOfBuffer(digests(needed));
    return query(STAGE, add(seen, parameters))
        .map(rows -> rows.iterator().next())
        .map(
            row ->
                new Staged(
                    row.getBoolean("done"),
                    Optional.ofNullable(row.getString("going")),
                    Optional.ofNullable(row.getString("clash")).map(FilePath::of),
                    content(row).stream().toList()));
  }

  private static Tuple add(Seen seen, Tuple parameters) {
    Optional<ContentId> content = seen.staged().flatMap(Change::entry).map(FileEntry::content);
    return parameters
        .addBoolean(seen.matters())
        .addBoolean(seen.staged().isPresent())
        .addBoolean(content.isEmpty())
        .addShort(content.map(c -> (short) c.kind().code()).orElse(null))
        .addBuffer(content.map(c -> bytes(c.sha256())).orElse(null));
  }

  /** Stages all of {@code changes}, each of another path, or none of them. */
  Uni<StagedMany> stage(
      VersionKey version, Store store, Collection<Needed> needed, Collection<Change> changes) {
    List<ContentId> contents = needed.stream().map(Needed::content).toList();
    Tuple parameters =
        parameters(version)
            .addString(store.provider().text())
            .addArrayOfShort(kinds(contents))
            .addArrayOfBuffer(digests(contents))
            .addArrayOfLong(needed.stream().map(Needed::sizeBytes).toArray(Long[]::new))
            .addArrayOfString(changes.stream().map(c -> c.path().toString()).toArray(String[]::new))
            .addArrayOfLong(column(changes, FileEntry::sizeBytes).toArray(Long[]::new))
            .addArrayOfShort(
                column(changes, f -> (short) f.content().kind().code()).toArray(Short[]::new))
            .addArrayOfBuffer(
                column(changes, f -> bytes(f.content().sha256())).toArray(Buffer[]::new))
            .addArrayOfString(
                changes.stream()
                    .filter(c -> c.entry().isEmpty())
                    .map(c -> c.path().toString())
                    .toArray(String[]::new));
    return query(STAGE_MANY, parameters).map(StagedFileStore::stagedMany);
  }

  private static <T> Stream<T> column(Collection<Change> changes, Function<FileEntry, T> value) {
    return changes.stream().map(c -> c.entry().map(value).orElse(null));
  }

  private static StagedMany stagedMany(RowSet<Row> rows) {
    List<ContentId> missing = new ArrayList<>();
    Optional<WrongSize> wrong = Optional.empty();
    for (Row row : rows) {
      Optional<ContentId> content = content(row);
      if (content.isPresent() && row.getLong("stored") != null) {
        wrong =
            Optional.of(
                new WrongSize(content.get(), row.getLong("claimed"), row.getLong("stored")));
      } else {
        content.ifPresent(missing::add);
      }
    }
    return new StagedMany(rows.iterator().next().getBoolean("open"), missing, wrong);
  }

  private static Optional<ContentId> content(Row row) {
    return Optional.ofNullable(row.getBuffer("digest"))
        .map(
            digest ->
                new ContentId(
                    ContentKind.ofCode(row.getInteger("kind")), Sha256.ofBytes(digest.getBytes())));
  }

  /** Notes that something was put into the version, unless that was noted within the hour. */
  Uni<Void> touch(VersionKey version) {
    return query(TOUCH, parameters(version)).replaceWithVoid();
  }

  /** What a deletion found: a file that was not there is gone as well. */
  record Deleted(boolean open, boolean done) {}

  /** Deletes the file, unless the version is not open, or the path is not as it was seen. */
  Uni<Deleted> delete(VersionKey version, FilePath path, Seen seen) {
    return query(DELETE, add(seen, parameters(version).addString(path.toString())))
        .map(rows -> rows.iterator().next())
        .map(row -> new Deleted(row.getBoolean("open"), row.getBoolean("done")));
  }

  /** What is staged for {@code path}. */
  Uni<Optional<Change>> find(VersionKey version, FilePath path) {
    return query(FIND, parameters(version).addString(path.toString()))
        .map(rows -> stream(rows).findFirst().map(StagedFileStore::change));
  }

  /** Up to {@code limit} changes in order of path, from {@code from} on. */
  Uni<List<Change>> page(VersionKey version, FilePath from, int limit) {
    return query(PAGE, parameters(version).addString(from.toString()).addInteger(limit))
        .map(rows -> stream(rows).map(StagedFileStore::change).toList());
  }

  /** When those of {@code paths} were staged that were. */
  Uni<Map<FilePath, Instant>> times(VersionKey version, List<FilePath> paths) {
    String[] names = paths.stream().map(FilePath::toString).toArray(String[]::new);
    return query(TIMES, parameters(version).addArrayOfString(names))
        .map(
            rows ->
                stream(rows)
                    .collect(
                        Collectors.toMap(
                            row -> FilePath.of(row.getString("path")),
                            row -> row.getOffsetDateTime("staged_at").toInstant())));
  }

  private Uni<RowSet<Row>> query(String sql, Tuple parameters) {
    return pool.preparedQuery(sql).execute(io.vertx.mutiny.sqlclient.Tuple.newInstance(parameters));
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static Tuple parameters(VersionKey version) {
    return Tuple.of(version.dataset().text(), version.version().text());
  }

  private static Short[] kinds(Collection<ContentId> contents) {
    return contents.stream().map(c -> (short) c.kind().code()).toArray(Short[]::new);
  }

  private static Buffer[] digests(Collection<ContentId> contents) {
    return contents.stream().map(c -> bytes(c.sha256())).toArray(Buffer[]::new);
  }

  private static Buffer bytes(Sha256 digest) {
    return Buffer.buffer(digest.toBytes());
  }

  private static Change change(Row row) {
    FilePath path = FilePath.of(row.getString("path"));
    if (row.getBoolean("deleted")) {
      return Change.delete(path);
    }
    return Change.put(new FileEntry(path, row.getLong("size_bytes"), content(row).orElseThrow()));
  }
}
