package io.moraine.dataset.collect;

import io.moraine.content.format.ContentId;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackEntry;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.vocabulary.Sha256;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which contents are to move, and their move. */
final class RepackStore {
  private static final String PLACE = "c.object, c.offset_bytes, c.size_bytes, c.kind, c.digest";

  /** In the order in which they came, so that files that were put together lie together. */
  private static final String LOOSE =
      "SELECT "
          + PLACE
          + """
             FROM content c JOIN mark m ON m.kind = c.kind AND m.digest = c.digest
            WHERE c.store = $1 AND c.size_bytes < 1048576 AND position('/blobs/' IN c.object) > 0
              AND c.condemned_at IS NULL
            ORDER BY c.created_at, c.digest LIMIT $2
            """;

  /** 41 bytes of index for each content, and 8 of the trailer. */
  private static final String SPARSE =
      """
      SELECT o.object
      FROM unnest($2::text[], $3::bigint[]) AS o (object, size_bytes)
      CROSS JOIN LATERAL (SELECT sum(c.size_bytes + 41) + 8 AS held FROM content c WHERE c.store = $1 AND c.object = o.object) h
      WHERE 2 * h.held < o.size_bytes
      """;

  private static final String IN_OBJECT =
      "SELECT "
          + PLACE
          + " FROM content c WHERE c.store = $1 AND c.object = $2 ORDER BY c.offset_bytes";

  private static final String PLACES =
      "SELECT "
          + PLACE
          + " FROM content c WHERE c.store = $1 AND c.kind = 3 AND c.digest = ANY ($2)";

  private static final String CHANGED_ROOTS =
      """
      SELECT DISTINCT v.digest, v.files, v.bytes
      FROM version v JOIN dataset d ON d.id = v.dataset
      WHERE d.provider = $1 AND v.state = 'committed' AND v.modified_at >= coalesce(
        (SELECT whole_at FROM collection WHERE store = $1), '-infinity')
      """;

  private static final String END_DELETION =
      """
      WITH ended AS (DELETE FROM object_deletion WHERE store = $1 AND object = $2 AND claimed_at IS NULL)
      SELECT EXISTS (SELECT FROM object_deletion WHERE store = $1 AND object = $2 AND claimed_at IS NOT NULL) AS claimed
      """;

  private static final String LOCK =
      """
      SELECT FROM content c JOIN unnest($2::smallint[], $3::bytea[]) AS n (kind, digest)
        ON c.kind = n.kind AND c.digest = n.digest
      WHERE c.store = $1 ORDER BY c.kind, c.digest FOR UPDATE OF c
      """;

  private static final String MOVE =
      """
      UPDATE content c SET object = $4, offset_bytes = n.offset_bytes
      FROM unnest($2::smallint[], $3::bytea[], $5::bigint[], $6::text[]) AS n (kind, digest, offset_bytes, object)
      WHERE c.store = $1 AND c.kind = n.kind AND c.digest = n.digest AND c.object = n.object
      """;

  private final Session session;
  private final Store store;

  RepackStore(Session session, Store store) {
    this.session = session;
    this.store = store;
  }

  private Tuple id() {
    return Tuple.of(store.provider().text());
  }

  /** Up to {@code most} small contents that versions reach and that are objects of their own. */
  List<Location> loose(int most) {
    return session
        .rows(LOOSE, SessionStore.tuple(id().addInteger(most)))
        .map(MarkStore::location)
        .toList();
  }

  /** Those of {@code packs} whose contents with a row are less than half of them. */
  List<String> sparse(List<Listed> packs) {
    Tuple parameters =
        id().addArrayOfString(packs.stream().map(Listed::key).toArray(String[]::new))
            .addArrayOfLong(packs.stream().map(Listed::sizeBytes).toArray(Long[]::new));
    return session
        .rows(SPARSE, SessionStore.tuple(parameters))
        .map(row -> row.getString("object"))
        .toList();
  }

  List<Location> in(String object) {
    return session
        .rows(IN_OBJECT, SessionStore.tuple(id().addString(object)))
        .map(MarkStore::location)
        .toList();
  }

  /** Where these nodes lie. */
  List<Location> places(List<Sha256> nodes) {
    return session
        .rows(
            PLACES,
            SessionStore.tuple(
                id().addArrayOfBuffer(
                        nodes.stream()
                            .map(n -> Buffer.buffer(n.toBytes()))
                            .toArray(Buffer[]::new))))
        .map(MarkStore::location)
        .toList();
  }

  /** The roots of versions that were committed or changed since the last whole run began. */
  List<VersionRoot> changedRoots() {
    return session
        .rows(CHANGED_ROOTS, SessionStore.tuple(id()))
        .map(
            row ->
                new VersionRoot(
                    Sha256.ofBytes(row.getBuffer("digest").getBytes()),
                    row.getLong("files"),
                    row.getLong("bytes")))
        .toList();
  }

  /** Keeps an object that is about to be put from being deleted; false if it is too late. */
  boolean endDeletion(String object) {
    return !session
        .rows(END_DELETION, SessionStore.tuple(id().addString(object)))
        .findFirst()
        .orElseThrow()
        .getBoolean("claimed");
  }

  /**
   * Says that the contents of {@code pack} lie in {@code object} now, those that still lie where
   * they were read; rows of others stay. What they leave is to be noted as empty by the caller.
   */
  void move(Pack pack, String object, List<Location> from) {
    Map<ContentId, String> old = new HashMap<>();
    from.forEach(location -> old.put(location.content(), location.object()));
    List<PackEntry> entries = pack.index().entries();
    Short[] kinds =
        entries.stream().map(e -> (short) e.content().kind().code()).toArray(Short[]::new);
    Buffer[] digests =
        entries.stream()
            .map(e -> Buffer.buffer(e.content().sha256().toBytes()))
            .toArray(Buffer[]::new);
    session.execute(
        LOCK, SessionStore.tuple(id().addArrayOfShort(kinds).addArrayOfBuffer(digests)));
    session.execute(
        MOVE,
        SessionStore.tuple(
            id().addArrayOfShort(kinds)
                .addArrayOfBuffer(digests)
                .addString(object)
                .addArrayOfLong(entries.stream().map(e -> (long) e.offset()).toArray(Long[]::new))
                .addArrayOfString(
                    entries.stream().map(e -> old.get(e.content())).toArray(String[]::new))));
    session.execute(END_DELETION, SessionStore.tuple(id().addString(object)));
  }

  /** All of {@code work}, or nothing of it. */
  void together(Runnable work) {
    session.transaction(
        () -> {
          work.run();
          return null;
        });
  }
}
