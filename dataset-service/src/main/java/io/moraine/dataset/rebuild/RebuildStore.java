package io.moraine.dataset.rebuild;

import io.moraine.content.store.DatasetRecord;
import io.moraine.content.store.VersionRecord;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.rebuild.RebuildView.TeamKey;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

@ApplicationScoped
class RebuildStore {
  private static final String COLUMNS =
      "id, state, teams, datasets, versions, contents, bytes, reason";

  /** None while one is running. */
  private static final String BEGIN =
      "INSERT INTO rebuild (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING " + COLUMNS;

  private static final String KEYLESS =
      """
      SELECT t.id, t.name FROM team t
      WHERE NOT EXISTS (SELECT FROM api_key k WHERE k.team = t.id AND k.role = 'admin' AND k.revoked_at IS NULL)
      ORDER BY t.name
      """;

  private static final String RECORD =
      """
      INSERT INTO content (store, kind, digest, object, offset_bytes, size_bytes)
      SELECT DISTINCT ON (kind, digest) $1, * FROM unnest($2::smallint[], $3::bytea[], $4::text[], $5::bigint[], $6::bigint[])
        AS c (kind, digest, object, offset_bytes, size_bytes)
      ORDER BY kind, digest
      ON CONFLICT DO NOTHING
      """;

  private static final String DATASET =
      """
      INSERT INTO dataset (id, team, provider, name, description, keep_last, keep_younger_than_days, keep_tagged,
                           created_at)
      SELECT $1, $2, $3,
        CASE WHEN EXISTS (SELECT FROM dataset WHERE team = $2 AND name = $4 AND state = 'live') THEN $5 ELSE $4 END,
        $6, $7, $8, $9, coalesce($10, now())
      ON CONFLICT (id) DO NOTHING
      """;

  private static final String VERSION =
      """
      INSERT INTO version (team, dataset, id, state, message, message_edited, base,
                           origin_run, origin_job, origin_output, origin_attempt,
                           created_at, committed_at, recorded_sequence, commit_sequence, digest, files, bytes, staged)
      VALUES ($1, $2, $3, 'committed', $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, $15, $16, false)
      """;

  private static final String TAG =
      """
      INSERT INTO tag (dataset, name, version) SELECT $1, $2, id FROM version WHERE dataset = $1 AND id = $3
      """;

  private static final String SEQUENCE =
      "INSERT INTO event_sequence (topic, key, sequence) VALUES ('moraine.datasets', $1, $2)";

  private static final String DUE =
      "INSERT INTO dataset_record_due (dataset, team) VALUES ($1, $2) ON CONFLICT DO NOTHING";

  private final Pool pool;

  RebuildStore(Pool pool) {
    this.pool = pool;
  }

  /** Datasets that are not the work of a rebuild which failed: that may go on. */
  Uni<Long> datasets() {
    return pool.query(
            """
            SELECT CASE WHEN (SELECT state FROM rebuild ORDER BY created_at DESC LIMIT 1) = 'failed' THEN 0
                   ELSE (SELECT count(*) FROM dataset) END AS n
            """)
        .execute()
        .map(rows -> rows.iterator().next().getLong("n"));
  }

  Uni<Optional<RebuildView>> begin(Transaction tx) {
    return tx.preparedQuery(BEGIN)
        .execute(tuple(Tuple.of(UUID.randomUUID().toString())))
        .map(rows -> stream(rows).findFirst().map(RebuildStore::view));
  }

  Uni<Optional<RebuildView>> find(String id) {
    return pool.preparedQuery("SELECT " + COLUMNS + " FROM rebuild WHERE id = $1")
        .execute(tuple(Tuple.of(id)))
        .map(rows -> stream(rows).findFirst().map(RebuildStore::view));
  }

  Uni<List<String>> running() {
    return pool.query("SELECT id FROM rebuild WHERE state = 'running'")
        .execute()
        .map(rows -> stream(rows).map(row -> row.getString("id")).toList());
  }

  Uni<List<TeamKey>> keyless(Transaction tx) {
    return tx.preparedQuery(KEYLESS)
        .execute()
        .map(
            rows ->
                stream(rows)
                    .map(
                        row ->
                            new TeamKey(new TeamId(row.getString("id")), row.getString("name"), ""))
                    .toList());
  }

  Uni<List<Store>> managedStores() {
    return stores("SELECT team, id FROM provider WHERE managed ORDER BY id");
  }

  /** Those in buckets of teams' own. */
  Uni<List<Store>> ownStores() {
    return stores("SELECT team, id FROM provider WHERE NOT managed ORDER BY id");
  }

  private Uni<List<Store>> stores(String sql) {
    return pool.query(sql)
        .execute()
        .map(
            rows ->
                stream(rows)
                    .map(
                        row ->
                            new Store(
                                new TeamId(row.getString("team")),
                                new ProviderId(row.getString("id"))))
                    .toList());
  }

  Uni<Void> update(RebuildView now) {
    return pool.preparedQuery(
            """
            UPDATE rebuild SET state = $2, teams = $3, datasets = $4, versions = $5, contents = $6, bytes = $7, reason = $8
            WHERE id = $1
            """)
        .execute(
            tuple(
                Tuple.of(now.id(), now.state(), now.teams(), now.datasets(), now.versions())
                    .addLong(now.contents())
                    .addLong(now.bytes())
                    .addString(now.reason())))
        .replaceWithVoid();
  }

  /** Records contents that were hashed; those that are known stay where they are. */
  Uni<Void> record(Store store, List<Location> locations) {
    return pool.preparedQuery(RECORD)
        .execute(
            tuple(
                Tuple.of(store.provider().text())
                    .addArrayOfShort(
                        locations.stream()
                            .map(l -> (short) l.content().kind().code())
                            .toArray(Short[]::new))
                    .addArrayOfBuffer(
                        locations.stream()
                            .map(l -> Buffer.buffer(l.content().sha256().toBytes()))
                            .toArray(Buffer[]::new))
                    .addArrayOfString(
                        locations.stream().map(Location::object).toArray(String[]::new))
                    .addArrayOfLong(
                        locations.stream().map(Location::offsetBytes).toArray(Long[]::new))
                    .addArrayOfLong(
                        locations.stream().map(Location::sizeBytes).toArray(Long[]::new))))
        .replaceWithVoid();
  }

  /** Whether the dataset was not there yet. Its name gets its id's end when another has it. */
  Uni<Boolean> insert(Transaction tx, Store store, FoundDataset dataset) {
    String end = dataset.id().text().substring(3);
    Optional<DatasetRecord> record = dataset.record();
    String name = record.map(DatasetRecord::name).map(DatasetName::text).orElse("recovered-" + end);
    String other = name.substring(0, Math.min(name.length(), 115)) + "-" + end;
    Tuple parameters =
        Tuple.of(
                dataset.id().text(),
                store.team().text(),
                store.provider().text(),
                name,
                other,
                record.map(DatasetRecord::description).orElse(""))
            .addInteger(record.flatMap(r -> r.retention().keepLast()).orElse(null))
            .addInteger(record.flatMap(r -> r.retention().keepYoungerThanDays()).orElse(null))
            .addBoolean(record.flatMap(r -> r.retention().keepTagged()).orElse(null))
            .addOffsetDateTime(record.map(r -> r.created().atOffset(ZoneOffset.UTC)).orElse(null));
    return tx.preparedQuery(DATASET).execute(tuple(parameters)).map(rows -> rows.rowCount() == 1);
  }

  Uni<Void> insert(
      Transaction tx,
      Store store,
      DatasetId dataset,
      VersionId id,
      VersionRecord version,
      Optional<String> edited,
      long commitSequence) {
    Optional<VersionRecord.Origin> origin = version.origin();
    Tuple parameters =
        Tuple.of(
                store.team().text(),
                dataset.text(),
                id.text(),
                edited.orElse(version.message()),
                edited.isPresent(),
                version.base().map(VersionId::text).orElse(null))
            .addString(origin.map(o -> o.run().text()).orElse(null))
            .addString(origin.map(o -> o.job().text()).orElse(null))
            .addString(origin.map(o -> o.output().text()).orElse(null))
            .addInteger(origin.map(VersionRecord.Origin::attempt).orElse(null))
            .addOffsetDateTime(version.time().atOffset(ZoneOffset.UTC))
            .addLong(version.sequence())
            .addLong(commitSequence)
            .addBuffer(Buffer.buffer(version.root().digest().toBytes()))
            .addLong(version.root().files())
            .addLong(version.root().bytes());
    return tx.preparedQuery(VERSION).execute(tuple(parameters)).replaceWithVoid();
  }

  /** Sets a tag, if its version was brought back. */
  Uni<Void> tag(Transaction tx, DatasetId dataset, Map.Entry<TagName, VersionId> tag) {
    return tx.preparedQuery(TAG)
        .execute(tuple(Tuple.of(dataset.text(), tag.getKey().text(), tag.getValue().text())))
        .replaceWithVoid();
  }

  /** From where the dataset's events go on. */
  Uni<Void> goOnAfter(Transaction tx, Store store, DatasetId dataset, long sequence) {
    return tx.preparedQuery(SEQUENCE)
        .execute(tuple(Tuple.of(dataset.text(), sequence)))
        .chain(
            () ->
                tx.preparedQuery(DUE).execute(tuple(Tuple.of(dataset.text(), store.team().text()))))
        .replaceWithVoid();
  }

  private static io.vertx.mutiny.sqlclient.Tuple tuple(Tuple plain) {
    return io.vertx.mutiny.sqlclient.Tuple.newInstance(plain);
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private static RebuildView view(Row row) {
    return new RebuildView(
        row.getString("id"),
        row.getString("state"),
        row.getInteger("teams"),
        row.getLong("datasets"),
        row.getLong("versions"),
        row.getLong("contents"),
        row.getLong("bytes"),
        row.getString("reason"),
        List.of());
  }
}
