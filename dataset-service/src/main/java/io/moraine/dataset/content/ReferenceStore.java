package io.moraine.dataset.content;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.store.PinnedObject;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The tables {@code source_object}, {@code source_dataset} and {@code content_reference}. */
@ApplicationScoped
class ReferenceStore {
  /** Of a content that is known elsewhere, where it was just read counts. */
  private static final String ADD =
      """
      WITH source AS (
        INSERT INTO source_object (provider, key, etag, version_id) VALUES ($3, $4, $5, $6)
        ON CONFLICT (provider, key, etag, version_id) DO UPDATE SET state = 'same', looked_at = now()
        RETURNING id
      ), heard AS (
        INSERT INTO source_dataset (source, dataset) SELECT id, $2 FROM source ON CONFLICT DO NOTHING
      )
      INSERT INTO content_reference (store, kind, digest, source, offset_bytes, size_bytes)
      SELECT DISTINCT ON (p.kind, p.digest) $1, p.kind, p.digest, source.id, p.offset_bytes, p.size_bytes
      FROM source, unnest($7::smallint[], $8::bytea[], $9::bigint[], $10::bigint[]) AS p (kind, digest, offset_bytes, size_bytes)
      ORDER BY p.kind, p.digest
      ON CONFLICT (store, kind, digest) DO UPDATE
        SET source = excluded.source, offset_bytes = excluded.offset_bytes, size_bytes = excluded.size_bytes,
            created_at = now(), condemned_at = NULL
      """;

  private static final String FIND =
      """
      SELECT r.kind, r.digest, r.source, r.offset_bytes, r.size_bytes, s.provider, s.key, s.etag, s.version_id
      FROM unnest($2::smallint[], $3::bytea[]) AS w (kind, digest)
      JOIN LATERAL (
        SELECT * FROM content_reference WHERE store = $1 AND kind = w.kind AND digest = w.digest LIMIT 1
      ) r ON true
      JOIN source_object s ON s.id = r.source
      """;

  /** Those that were not looked at for the longest time, for whoever asks first. */
  private static final String TAKE_DUE =
      """
      UPDATE source_object s SET looked_at = now() FROM provider p
      WHERE p.id = s.provider AND s.id = ANY (ARRAY(
        SELECT id FROM source_object
        WHERE looked_at <= now() - make_interval(secs => $1) AND NOT provider = ANY ($2)
          AND EXISTS (SELECT FROM content_reference r WHERE r.source = source_object.id)
        ORDER BY looked_at LIMIT $3 FOR UPDATE SKIP LOCKED))
      RETURNING s.id, p.team, s.provider, s.key, s.etag, s.version_id
      """;

  /** The row shows once that it became so: whoever changes it tells the datasets. */
  private static final String NOTE =
      """
      UPDATE source_object SET state = $2, looked_at = now() WHERE id = $1 AND state <> $2
      """;

  private static final String HEARING =
      """
      SELECT d.id, d.team FROM source_dataset h JOIN dataset d ON d.id = h.dataset
      WHERE h.source = $1 AND d.state = 'live' ORDER BY d.id
      """;

  /** An object that is to be looked at. */
  record Due(long source, TeamId team, SourceObject object) {}

  /** A dataset that an object was imported into. */
  record Hearing(TeamId team, DatasetId dataset) {}

  private final Pool pool;

  ReferenceStore(Pool pool) {
    this.pool = pool;
  }

  /** Says where contents lie in an object that was just read whole. */
  Uni<Void> add(Store store, DatasetId dataset, SourceObject source, List<Location> contents) {
    PinnedObject object = source.object();
    io.vertx.sqlclient.Tuple parameters =
        io.vertx.sqlclient.Tuple.of(
                store.provider().text(),
                dataset.text(),
                source.provider().text(),
                object.key(),
                object.etag(),
                object.versionId().orElse(""))
            .addArrayOfShort(
                contents.stream().map(c -> (short) c.content().kind().code()).toArray(Short[]::new))
            .addArrayOfBuffer(
                contents.stream()
                    .map(c -> ContentStore.bytes(c.content().sha256()))
                    .toArray(Buffer[]::new))
            .addArrayOfLong(contents.stream().map(Location::offsetBytes).toArray(Long[]::new))
            .addArrayOfLong(contents.stream().map(Location::sizeBytes).toArray(Long[]::new));
    return pool.preparedQuery(ADD).execute(Tuple.newInstance(parameters)).replaceWithVoid();
  }

  /** Where those of {@code contents} lie that are known elsewhere, condemned ones too. */
  Uni<Map<ContentId, Reference>> find(Store store, Collection<ContentId> contents) {
    return pool.preparedQuery(FIND)
        .execute(Tuple.newInstance(ContentStore.parameters(store, contents)))
        .map(
            rows -> {
              Map<ContentId, Reference> found = new HashMap<>();
              rows.forEach(
                  row -> {
                    Reference reference = reference(row);
                    found.put(reference.content(), reference);
                  });
              return found;
            });
  }

  /**
   * Takes up to {@code most} that nobody has looked at for {@code age}, but of no provider named.
   */
  Uni<List<Due>> takeDue(Duration age, List<ProviderId> without, int most) {
    return pool.preparedQuery(TAKE_DUE)
        .execute(
            Tuple.newInstance(
                io.vertx.sqlclient.Tuple.of((double) age.toMillis() / 1000)
                    .addArrayOfString(without.stream().map(ProviderId::text).toArray(String[]::new))
                    .addInteger(most)))
        .map(
            rows ->
                stream(rows)
                    .map(
                        row ->
                            new Due(
                                row.getLong("id"),
                                new TeamId(row.getString("team")),
                                new SourceObject(
                                    new ProviderId(row.getString("provider")), object(row))))
                    .toList());
  }

  /** Whether the object was not known to be so before. */
  Uni<Boolean> note(Transaction tx, long source, PinnedObject.State state) {
    return tx.preparedQuery(NOTE)
        .execute(Tuple.of(source, state.name().toLowerCase(Locale.ROOT)))
        .map(rows -> rows.rowCount() == 1);
  }

  Uni<List<Hearing>> hearing(Transaction tx, long source) {
    return tx.preparedQuery(HEARING)
        .execute(Tuple.of(source))
        .map(
            rows -> {
              List<Hearing> hearing = new ArrayList<>();
              rows.forEach(
                  row ->
                      hearing.add(
                          new Hearing(
                              new TeamId(row.getString("team")),
                              new DatasetId(row.getString("id")))));
              return hearing;
            });
  }

  private static Reference reference(Row row) {
    return new Reference(
        new ContentId(
            ContentKind.ofCode(row.getInteger("kind")),
            Sha256.ofBytes(row.getBuffer("digest").getBytes())),
        row.getLong("source"),
        new ProviderId(row.getString("provider")),
        object(row),
        row.getLong("offset_bytes"),
        row.getLong("size_bytes"));
  }

  private static PinnedObject object(Row row) {
    return new PinnedObject(
        row.getString("key"),
        row.getString("etag"),
        Optional.of(row.getString("version_id")).filter(id -> !id.isEmpty()));
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
