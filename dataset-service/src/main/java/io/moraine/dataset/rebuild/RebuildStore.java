package io.moraine.dataset.rebuild;

import io.moraine.content.store.DatasetRecord;
import io.moraine.content.store.VersionRecord.Origin;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.rebuild.FoundDataset.Found;
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
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
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

  /** In the order given: where two are the same output, the first counts. */
  private static final String VERSIONS =
      """
      INSERT INTO version (team, dataset, id, state, message, message_edited, base,
                           origin_run, origin_job, origin_output, origin_attempt,
                           created_at, committed_at, recorded_sequence, commit_sequence, digest, files, bytes, staged)
      SELECT $1, $2, v.id, 'committed', v.message, v.edited, v.base, v.run, v.job, v.output, v.attempt,
        v.time, v.time, v.recorded, v.sequence, v.digest, v.files, v.bytes, false
      FROM unnest($3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[], $9::text[], $10::integer[],
                  $11::timestamptz[], $12::bigint[], $13::bigint[], $14::bytea[], $15::bigint[], $16::bigint[])
        WITH ORDINALITY
        AS v (id, message, edited, base, run, job, output, attempt, time, recorded, sequence, digest, files, bytes, place)
      ORDER BY v.place
      ON CONFLICT DO NOTHING
      RETURNING id
      """;

  private static final String TAGS =
      """
      INSERT INTO tag (dataset, name, version)
      SELECT $1, t.name, v.id FROM unnest($2::text[], $3::text[]) AS t (name, version)
      JOIN version v ON v.dataset = $1 AND v.id = t.version
      """;

  private static final String REMEMBER =
      """
      INSERT INTO lost_version (dataset, version, reason) VALUES ($1, $2, $3)
      ON CONFLICT (dataset, version) DO UPDATE SET reason = excluded.reason
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

  /** Which of {@code versions} the table took. */
  Uni<Set<VersionId>> insert(Transaction tx, Store store, DatasetId dataset, List<Found> versions) {
    Tuple parameters =
        Tuple.of(store.team().text(), dataset.text())
            .addArrayOfString(texts(versions, v -> v.id().text()))
            .addArrayOfString(texts(versions, v -> v.edited().orElse(v.record().message())))
            .addArrayOfBoolean(
                versions.stream().map(v -> v.edited().isPresent()).toArray(Boolean[]::new))
            .addArrayOfString(
                texts(versions, v -> v.record().base().map(VersionId::text).orElse(null)))
            .addArrayOfString(origins(versions, o -> o.run().text()).toArray(String[]::new))
            .addArrayOfString(origins(versions, o -> o.job().text()).toArray(String[]::new))
            .addArrayOfString(origins(versions, o -> o.output().text()).toArray(String[]::new))
            .addArrayOfInteger(origins(versions, Origin::attempt).toArray(Integer[]::new))
            .addArrayOfOffsetDateTime(
                versions.stream()
                    .map(v -> v.record().time().atOffset(ZoneOffset.UTC))
                    .toArray(OffsetDateTime[]::new))
            .addArrayOfLong(numbers(versions, v -> v.record().sequence()))
            .addArrayOfLong(numbers(versions, Found::commitSequence))
            .addArrayOfBuffer(
                versions.stream()
                    .map(v -> Buffer.buffer(v.record().root().digest().toBytes()))
                    .toArray(Buffer[]::new))
            .addArrayOfLong(numbers(versions, v -> v.record().root().files()))
            .addArrayOfLong(numbers(versions, v -> v.record().root().bytes()));
    return tx.preparedQuery(VERSIONS)
        .execute(tuple(parameters))
        .map(
            rows ->
                stream(rows)
                    .map(row -> new VersionId(row.getString("id")))
                    .collect(Collectors.toSet()));
  }

  private static String[] texts(List<Found> versions, Function<Found, String> text) {
    return versions.stream().map(text).toArray(String[]::new);
  }

  private static Long[] numbers(List<Found> versions, Function<Found, Long> number) {
    return versions.stream().map(number).toArray(Long[]::new);
  }

  private static <T> Stream<T> origins(List<Found> versions, Function<Origin, T> value) {
    return versions.stream().map(v -> v.record().origin().map(value).orElse(null));
  }

  /**
   * Whether the tables do not take what was to be written, however often: of the classes 22 and 23,
   * data and integrity. Anything else may pass.
   */
  static boolean isRefusal(Throwable failure) {
    return failure instanceof PgException e
        && e.getSqlState() != null
        && (e.getSqlState().startsWith("22") || e.getSqlState().startsWith("23"));
  }

  /** Sets tags, those whose version was brought back. */
  Uni<Void> tag(Transaction tx, DatasetId dataset, List<Map.Entry<TagName, VersionId>> tags) {
    Tuple parameters =
        Tuple.of(dataset.text())
            .addArrayOfString(tags.stream().map(t -> t.getKey().text()).toArray(String[]::new))
            .addArrayOfString(tags.stream().map(t -> t.getValue().text()).toArray(String[]::new));
    return tx.preparedQuery(TAGS).execute(tuple(parameters)).replaceWithVoid();
  }

  /** Remembers a version that the bucket has a record of and that could not be brought back. */
  Uni<Void> remember(DatasetId dataset, VersionId version, String why) {
    return pool.preparedQuery(REMEMBER)
        .execute(tuple(Tuple.of(dataset.text(), version.text(), why)))
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
