package io.moraine.dataset.content;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.Sha256;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tables {@code content} and {@code object_deletion}. Staging files refers to contents and adds
 * rows in statements of its own, by the same {@link ContentRules}: see {@code file}.
 */
@ApplicationScoped
class ContentStore {
  private static final String LOCATE =
      """
      SELECT c.kind, c.digest, c.object, c.offset_bytes, c.size_bytes, c.file_sha256
      FROM unnest($2::smallint[], $3::bytea[]) AS w (kind, digest)
      JOIN LATERAL (
        SELECT * FROM content WHERE store = $1 AND kind = w.kind AND digest = w.digest LIMIT 1
      ) c ON true
      """;

  /** What is condemned may go at any moment: to put it again is the way to keep it. */
  private static final String MISSING =
      """
      SELECT w.kind, w.digest FROM unnest($2::smallint[], $3::bytea[]) AS w (kind, digest)
      LEFT JOIN LATERAL (
        SELECT true AS kept FROM content
        WHERE store = $1 AND kind = w.kind AND digest = w.digest AND condemned_at IS NULL LIMIT 1
      ) c ON true
      WHERE c.kept IS NULL
      """;

  private static final String KEEP =
      "WITH needed AS (SELECT * FROM unnest($2::smallint[], $3::bytea[]) AS n (kind, digest)), "
          + ContentRules.needed("$1")
          + "SELECT kind, digest FROM missing";

  /**
   * An object that is there and was not taken back is being deleted: by its claim, or by somebody
   * who took it back at the same moment, which asking again will show.
   */
  private static final String TAKE_BACK =
      "WITH taken_back AS ("
          + ContentRules.takeBack("$1", "$2")
          + " RETURNING object) "
          + """
            SELECT object FROM object_deletion
            WHERE store = $1 AND object = ANY ($2) AND object NOT IN (SELECT object FROM taken_back) LIMIT 1
            """;

  /** In one order always, so that two of these never wait for each other. */
  private static final String RECORD =
      "WITH "
          + ContentRules.takeBackOrLeave("$1", "$4")
          + """
            , recorded AS (
              INSERT INTO content (store, kind, digest, object, offset_bytes, size_bytes, file_sha256)
              SELECT DISTINCT ON (c.kind, c.digest)
                $1, c.kind, c.digest, ($4::text[])[c.object], c.offset_bytes, c.size_bytes, c.file_sha256
              FROM unnest($2::smallint[], $3::bytea[], $5::integer[], $6::bigint[], $7::bigint[], $8::bytea[])
                AS c (kind, digest, object, offset_bytes, size_bytes, file_sha256)
              WHERE ($4::text[])[c.object] NOT IN (SELECT object FROM going)
              ORDER BY c.kind, c.digest
            """
          + ContentRules.ON_CONFLICT
          + ") SELECT object FROM going LIMIT 1";

  private final Pool pool;

  ContentStore(Pool pool) {
    this.pool = pool;
  }

  /** Where those of {@code contents} lie that the store has, condemned ones too. */
  Uni<Map<ContentId, Location>> locate(Store store, Collection<ContentId> contents) {
    return pool.preparedQuery(LOCATE)
        .execute(Tuple.newInstance(parameters(store, contents)))
        .map(
            rows -> {
              Map<ContentId, Location> found = new HashMap<>();
              rows.forEach(row -> found.put(content(row), location(row)));
              return found;
            });
  }

  /** Which of {@code contents} the store does not have, or not for long. */
  Uni<Set<ContentId>> missing(Store store, Collection<ContentId> contents) {
    return pool.preparedQuery(MISSING)
        .execute(Tuple.newInstance(parameters(store, contents)))
        .map(ContentStore::contents);
  }

  /** Makes sure of contents that {@code tx} refers to; answers with those that are gone. */
  Uni<Set<ContentId>> keep(Transaction tx, Store store, Collection<ContentId> contents) {
    return tx.preparedQuery(KEEP)
        .execute(Tuple.newInstance(parameters(store, contents)))
        .map(ContentStore::contents);
  }

  /**
   * Ends the deletion of {@code objects}, which are about to be put. Answers with one whose
   * deletion has begun already: that has to be waited for.
   */
  Uni<Optional<String>> takeBack(Store store, Collection<String> objects) {
    return pool.preparedQuery(TAKE_BACK)
        .execute(
            Tuple.newInstance(
                io.vertx.sqlclient.Tuple.of(store.provider().text())
                    .addArrayOfString(objects.toArray(String[]::new))))
        .map(ContentStore::firstObject);
  }

  private static Optional<String> firstObject(RowSet<Row> rows) {
    return rows.size() == 0
        ? Optional.empty()
        : Optional.of(rows.iterator().next().getString("object"));
  }

  /**
   * Records what was put, at most half an hour after {@link #takeBack}, or after the objects were
   * looked at since. Answers with one that is being deleted nevertheless: nothing in it is
   * recorded.
   */
  Uni<Optional<String>> record(Store store, List<Location> locations) {
    Map<String, Integer> objects = new LinkedHashMap<>();
    locations.forEach(l -> objects.putIfAbsent(l.object(), objects.size() + 1));
    io.vertx.sqlclient.Tuple parameters =
        parameters(store, locations.stream().map(Location::content).toList())
            .addArrayOfString(objects.keySet().toArray(String[]::new))
            .addArrayOfInteger(
                locations.stream().map(l -> objects.get(l.object())).toArray(Integer[]::new))
            .addArrayOfLong(locations.stream().map(Location::offsetBytes).toArray(Long[]::new))
            .addArrayOfLong(locations.stream().map(Location::sizeBytes).toArray(Long[]::new))
            .addArrayOfBuffer(
                locations.stream()
                    .map(l -> l.fileSha256().map(ContentStore::bytes).orElse(null))
                    .toArray(Buffer[]::new));
    return pool.preparedQuery(RECORD)
        .execute(Tuple.newInstance(parameters))
        .map(ContentStore::firstObject);
  }

  /** The store, kinds and digests. */
  static io.vertx.sqlclient.Tuple parameters(Store store, Collection<ContentId> contents) {
    return io.vertx.sqlclient.Tuple.of(store.provider().text())
        .addArrayOfShort(contents.stream().map(c -> (short) c.kind().code()).toArray(Short[]::new))
        .addArrayOfBuffer(contents.stream().map(c -> bytes(c.sha256())).toArray(Buffer[]::new));
  }

  private static Set<ContentId> contents(Iterable<Row> rows) {
    Set<ContentId> contents = new LinkedHashSet<>();
    rows.forEach(row -> contents.add(content(row)));
    return contents;
  }

  private static ContentId content(Row row) {
    return new ContentId(
        ContentKind.ofCode(row.getInteger("kind")), sha256(row, "digest").orElseThrow());
  }

  private static Location location(Row row) {
    return new Location(
        content(row),
        row.getString("object"),
        row.getLong("offset_bytes"),
        row.getLong("size_bytes"),
        sha256(row, "file_sha256"));
  }

  static Buffer bytes(Sha256 digest) {
    return Buffer.buffer(digest.toBytes());
  }

  private static Optional<Sha256> sha256(Row row, String column) {
    return Optional.ofNullable(row.getBuffer(column)).map(b -> Sha256.ofBytes(b.getBytes()));
  }
}
