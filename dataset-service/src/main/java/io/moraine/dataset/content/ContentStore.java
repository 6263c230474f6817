package io.moraine.dataset.content;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.vocabulary.Sha256;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The table {@code content}. A file's last statement adds its own rows: see {@code file}. */
@ApplicationScoped
class ContentStore {
  private static final String LOCATE =
      """
      SELECT object, offset_bytes, size_bytes, file_sha256 FROM content
      WHERE store = $1 AND kind = $2 AND digest = $3
      """;

  private static final String KNOWN =
      "SELECT digest, file_sha256 FROM content WHERE store = $1 AND kind = $2 AND digest = ANY ($3)";

  /** In one order always, so that two of these never wait for each other. */
  private static final String RECORD =
      """
      INSERT INTO content (store, kind, digest, object, offset_bytes, size_bytes)
      SELECT $1, * FROM unnest($2::smallint[], $3::bytea[], $4::text[], $5::bigint[], $6::bigint[])
        AS c (kind, digest, object, offset_bytes, size_bytes)
      ORDER BY kind, digest
      ON CONFLICT DO NOTHING
      """;

  private final Pool pool;

  ContentStore(Pool pool) {
    this.pool = pool;
  }

  Uni<Optional<Location>> locate(Store store, ContentId content) {
    return pool.preparedQuery(LOCATE)
        .execute(Tuple.newInstance(key(store, content)))
        .map(
            rows ->
                rows.size() == 0
                    ? Optional.empty()
                    : Optional.of(location(content, rows.iterator().next())));
  }

  private static io.vertx.sqlclient.Tuple key(Store store, ContentId content) {
    return io.vertx.sqlclient.Tuple.of(
        store.provider().text(),
        (short) content.kind().code(),
        Buffer.buffer(content.sha256().toBytes()));
  }

  private static Location location(ContentId content, Row row) {
    return new Location(
        content,
        row.getString("object"),
        row.getLong("offset_bytes"),
        row.getLong("size_bytes"),
        sha256(row, "file_sha256"));
  }

  /** Which of {@code digests} the store has as contents of {@code kind}. */
  Uni<Set<Sha256>> known(Store store, ContentKind kind, Collection<Sha256> digests) {
    return query(store, kind, digests)
        .map(
            rows -> {
              Set<Sha256> known = new HashSet<>();
              rows.forEach(row -> known.add(sha256(row, "digest").orElseThrow()));
              return known;
            });
  }

  /** The whole files' SHA-256 of those of {@code lists} where it is known. */
  Uni<Map<Sha256, Sha256>> fileSha256(Store store, Collection<Sha256> lists) {
    return query(store, ContentKind.LIST, lists)
        .map(
            rows -> {
              Map<Sha256, Sha256> files = new HashMap<>();
              rows.forEach(
                  row ->
                      sha256(row, "file_sha256")
                          .ifPresent(file -> files.put(sha256(row, "digest").orElseThrow(), file)));
              return files;
            });
  }

  private Uni<Iterable<Row>> query(Store store, ContentKind kind, Collection<Sha256> digests) {
    io.vertx.sqlclient.Tuple parameters =
        io.vertx.sqlclient.Tuple.of(store.provider().text(), (short) kind.code())
            .addArrayOfBuffer(
                digests.stream().map(d -> Buffer.buffer(d.toBytes())).toArray(Buffer[]::new));
    return pool.preparedQuery(KNOWN)
        .execute(Tuple.newInstance(parameters))
        .map(rows -> (Iterable<Row>) rows);
  }

  Uni<Void> record(Store store, List<Location> locations) {
    io.vertx.sqlclient.Tuple parameters =
        io.vertx.sqlclient.Tuple.of(store.provider().text())
            .addArrayOfShort(
                locations.stream()
                    .map(l -> (short) l.content().kind().code())
                    .toArray(Short[]::new))
            .addArrayOfBuffer(
                locations.stream()
                    .map(l -> Buffer.buffer(l.content().sha256().toBytes()))
                    .toArray(Buffer[]::new))
            .addArrayOfString(locations.stream().map(Location::object).toArray(String[]::new))
            .addArrayOfLong(locations.stream().map(Location::offsetBytes).toArray(Long[]::new))
            .addArrayOfLong(locations.stream().map(Location::sizeBytes).toArray(Long[]::new));
    return pool.preparedQuery(RECORD).execute(Tuple.newInstance(parameters)).replaceWithVoid();
  }

  private static Optional<Sha256> sha256(Row row, String column) {
    return Optional.ofNullable(row.getBuffer(column)).map(b -> Sha256.ofBytes(b.getBytes()));
  }
}
