package io.moraine.dataset.record;

import io.moraine.content.store.DatasetRecord;
import io.moraine.dataset.content.Store;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

@ApplicationScoped
class RecordStore {
  private static final String DUE =
      """
      SELECT r.dataset, r.team, r.changes, p.id AS provider
      FROM dataset_record_due r
      LEFT JOIN dataset d ON d.id = r.dataset
      JOIN provider p ON p.team = r.team
        AND (p.id = coalesce(d.provider, r.provider) OR d.id IS NULL AND r.provider IS NULL AND p.managed)
      WHERE p.id <> ALL ($1)
      LIMIT 100
      """;

  /** One statement, so that the record is what was true at its sequence. */
  private static final String READ =
      """
      SELECT d.name, d.description, d.created_at, d.keep_last, d.keep_younger_than_days, d.keep_tagged,
        (SELECT sequence FROM event_sequence s WHERE s.topic = 'moraine.datasets' AND s.key = d.id) AS sequence,
        ARRAY(SELECT t.name FROM tag t WHERE t.dataset = d.id ORDER BY t.name) AS tags,
        ARRAY(SELECT t.version FROM tag t WHERE t.dataset = d.id ORDER BY t.name) AS tagged,
        ARRAY(SELECT v.id FROM version v WHERE v.dataset = d.id AND v.message_edited AND v.state = 'committed'
              ORDER BY v.id) AS edited,
        ARRAY(SELECT v.message FROM version v WHERE v.dataset = d.id AND v.message_edited AND v.state = 'committed'
              ORDER BY v.id) AS messages
      FROM dataset d WHERE d.id = $1 AND d.state = 'live'
      """;

  private static final String DONE =
      "DELETE FROM dataset_record_due WHERE dataset = $1 AND changes = $2";

  /** A dataset whose record is behind. */
  record Due(Store store, DatasetId dataset, long changes) {}

  /** A dataset as it was after the event of this sequence. */
  record Current(long sequence, DatasetRecord record) {}

  private final Pool pool;

  RecordStore(Pool pool) {
    this.pool = pool;
  }

  /** Up to 100 of them; those of {@code down} can wait. */
  Uni<List<Due>> due(List<ProviderId> down) {
    return pool.preparedQuery(DUE)
        .execute(Tuple.of(down.stream().map(ProviderId::text).toArray(String[]::new)))
        .map(
            rows ->
                stream(rows)
                    .map(
                        row ->
                            new Due(
                                new Store(
                                    new TeamId(row.getString("team")),
                                    new ProviderId(row.getString("provider"))),
                                new DatasetId(row.getString("dataset")),
                                row.getLong("changes")))
                    .toList());
  }

  /** None when the dataset is gone, or going. */
  Uni<Optional<Current>> read(DatasetId dataset) {
    return pool.preparedQuery(READ)
        .execute(Tuple.of(dataset.text()))
        .map(rows -> stream(rows).findFirst().map(RecordStore::current));
  }

  /** Says that the record has what was due; not if more has become due since. */
  Uni<Void> done(Due due) {
    return pool.preparedQuery(DONE)
        .execute(Tuple.of(due.dataset().text(), due.changes()))
        .replaceWithVoid();
  }

  private static Current current(Row row) {
    return new Current(
        row.getLong("sequence"),
        new DatasetRecord(
            new DatasetName(row.getString("name")),
            row.getString("description"),
            map(row, "tags", TagName::new, "tagged", VersionId::new),
            map(row, "edited", VersionId::new, "messages", text -> text),
            new DatasetRecord.Retention(
                Optional.ofNullable(row.getInteger("keep_last")),
                Optional.ofNullable(row.getInteger("keep_younger_than_days")),
                Optional.ofNullable(row.getBoolean("keep_tagged"))),
            row.getOffsetDateTime("created_at").toInstant()));
  }

  private static <K, V> Map<K, V> map(
      Row row, String keys, Function<String, K> key, String values, Function<String, V> value) {
    String[] k = row.getArrayOfStrings(keys);
    String[] v = row.getArrayOfStrings(values);
    Map<K, V> map = new HashMap<>();
    for (int i = 0; i < k.length; i++) {
      map.put(key.apply(k[i]), value.apply(v[i]));
    }
    return map;
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }
}
