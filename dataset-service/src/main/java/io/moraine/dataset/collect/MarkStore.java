package io.moraine.dataset.collect;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The marks of one run, in temporary tables of its session: {@code mark} has every content that was
 * reached, {@code unread} those of them whose own links are not followed yet.
 */
final class MarkStore {
  private static final String TABLES =
      """
      SET temp_buffers = '32MB';
      CREATE TEMP TABLE mark (kind smallint, digest bytea, doomed boolean NOT NULL, PRIMARY KEY (kind, digest));
      CREATE TEMP TABLE unread (object text, offset_bytes bigint, size_bytes bigint, kind smallint, digest bytea);
      CREATE INDEX unread_place ON unread (object, offset_bytes);
      """;

  /**
   * $2: whether they are marked as doomed; {@code linked} is what to mark. Looks up one row after
   * the other whatever the planner thinks: of a table that was just filled it knows nothing.
   */
  private static final String MARK =
      """
      WITH linked AS (%s), fresh AS (
        INSERT INTO mark SELECT DISTINCT kind, digest, $2::boolean FROM linked
        ON CONFLICT DO NOTHING RETURNING kind, digest
      )
      INSERT INTO unread (object, offset_bytes, size_bytes, kind, digest)
      SELECT c.object, c.offset_bytes, c.size_bytes, f.kind, f.digest
      FROM fresh f
      LEFT JOIN LATERAL (
        SELECT object, offset_bytes, size_bytes FROM content
        WHERE store = $1 AND kind = f.kind AND digest = f.digest LIMIT 1
      ) c ON true
      WHERE f.kind <> 1
      """;

  /**
   * One statement, so that a version which is committed meanwhile is seen either by what is staged
   * for it or by its tree, and a file in parts by its parts or by itself. A tree under way is not
   * there yet: its commit checks its nodes itself.
   */
  private static final String ROOTS =
      """
        WITH root AS (
          SELECT v.dataset, v.id, v.state, v.digest, v.base_digest FROM version v JOIN dataset d ON d.id = v.dataset
          WHERE d.provider = $1 AND v.state IN ('open', 'committing', 'committed')
            AND coalesce(v.dataset = $4 AND v.id = coalesce($5, v.id), false) = $2
        )
        SELECT 3::smallint AS kind, digest FROM root WHERE state = 'committed' AND digest <> $3
        UNION ALL
        SELECT 3, base_digest FROM root WHERE state <> 'committed' AND base_digest <> $3
        UNION ALL
        SELECT s.kind, s.digest FROM root r JOIN staged_change s ON s.dataset = r.dataset AND s.version = r.id
        WHERE r.state <> 'committed' AND NOT s.deleted
        UNION ALL
        SELECT p.kind, p.digest FROM root r
        JOIN multipart_upload u ON u.dataset = r.dataset AND u.version = r.id AND u.etag IS NULL
        JOIN multipart_part p ON p.upload = u.id
        WHERE r.state <> 'committed'
      """;

  private static final String LINKS =
      "SELECT * FROM unnest($3::smallint[], $4::bytea[]) AS l (kind, digest)";

  private static final String NEXT =
      """
      DELETE FROM unread WHERE ctid = ANY (ARRAY(SELECT ctid FROM unread ORDER BY object, offset_bytes LIMIT $1))
      RETURNING object, offset_bytes, size_bytes, kind, digest
      """;

  private static final String DOOMED =
      """
      SELECT
        (SELECT coalesce(sum(c.size_bytes), 0)::bigint FROM mark m
         JOIN content c ON c.store = $1 AND c.kind = m.kind AND c.digest = m.digest WHERE m.doomed) AS bytes,
        count(*) AS versions,
        coalesce(sum(coalesce(v.files, (SELECT count(*) FROM staged_change s
          WHERE s.dataset = v.dataset AND s.version = v.id AND NOT s.deleted))), 0)::bigint AS files
      FROM version v WHERE v.dataset = $2 AND v.id = coalesce($3, v.id) AND v.state <> 'deleting'
      """;

  private final Session session;
  private final Store store;

  MarkStore(Session session, Store store) {
    this.session = session;
    this.store = store;
    session.run(TABLES);
  }

  /** Marks what versions begin from; without {@code dataset}'s, or its one version's. */
  void markRootsBut(Optional<DatasetId> dataset, Optional<VersionId> version) {
    markRoots(false, dataset, version);
  }

  /** Marks, as doomed, what only these versions begin from. */
  void markDoomedRoots(DatasetId dataset, Optional<VersionId> version) {
    markRoots(true, Optional.of(dataset), version);
  }

  private void markRoots(boolean doomed, Optional<DatasetId> dataset, Optional<VersionId> version) {
    session.execute(
        MARK.formatted(ROOTS),
        SessionStore.tuple(
            Tuple.of(
                store.provider().text(),
                doomed,
                Buffer.buffer(VersionRoot.EMPTY.digest().toBytes()),
                dataset.map(DatasetId::text).orElse(null),
                version.map(VersionId::text).orElse(null))));
  }

  /** Marks what was linked from a node or a list. */
  void mark(Collection<ContentId> contents, boolean doomed) {
    session.execute(
        MARK.formatted(LINKS),
        SessionStore.tuple(ids(Tuple.of(store.provider().text(), doomed), contents)));
  }

  private static Tuple ids(Tuple parameters, Collection<ContentId> contents) {
    return parameters
        .addArrayOfShort(contents.stream().map(c -> (short) c.kind().code()).toArray(Short[]::new))
        .addArrayOfBuffer(
            contents.stream().map(c -> Buffer.buffer(c.sha256().toBytes())).toArray(Buffer[]::new));
  }

  /**
   * Takes up to {@code most} nodes and lists whose links are not followed yet, in the order in
   * which they lie. Fails on one that the store does not have: what it links to is not known then,
   * and nothing may be called garbage.
   */
  List<Location> takeUnread(int most) {
    return session
        .rows(NEXT, io.vertx.mutiny.sqlclient.Tuple.of(most))
        .map(MarkStore::location)
        .sorted(Comparator.comparing(Location::object).thenComparing(Location::offsetBytes))
        .toList();
  }

  /** Lets the planner know how many there are, before they are compared with contents. */
  void end() {
    session.run("ANALYZE mark");
  }

  /** The versions in question, and what is marked as doomed. */
  Freed doomed(DatasetId dataset, Optional<VersionId> version) {
    Row row =
        session
            .rows(
                DOOMED,
                SessionStore.tuple(
                    Tuple.of(
                        store.provider().text(),
                        dataset.text(),
                        version.map(VersionId::text).orElse(null))))
            .findFirst()
            .orElseThrow();
    return new Freed(row.getLong("versions"), row.getLong("files"), row.getLong("bytes"));
  }

  static ContentId content(Row row) {
    return new ContentId(
        ContentKind.ofCode(row.getInteger("kind")),
        Sha256.ofBytes(row.getBuffer("digest").getBytes()));
  }

  static Location location(Row row) {
    ContentId content = content(row);
    String object = row.getString("object");
    if (object == null) {
      throw new MissingContentException(content);
    }
    return new Location(
        content, object, row.getLong("offset_bytes"), row.getLong("size_bytes"), Optional.empty());
  }
}
