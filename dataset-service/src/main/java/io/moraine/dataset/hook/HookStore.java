package io.moraine.dataset.hook;

import io.moraine.dataset.imports.NewImport;
import io.moraine.dataset.imports.SourceSpec;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.HookId;
import io.moraine.vocabulary.ImportId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The tables {@code hook} and {@code hook_delivery}. */
@ApplicationScoped
class HookStore {
  private static final String COLUMNS =
      " id, team, dataset, source, secret, message, tags, on_latest, directory, created_at ";

  private static final String INSERT =
      "INSERT INTO hook (id, team, dataset, source, secret, message, tags, on_latest, directory)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING"
          + COLUMNS;

  /** GitHub sends nothing again that is older than three days, and {@link Hooks} takes nothing. */
  private static final String HEARD =
      """
      WITH forgotten AS (DELETE FROM hook_delivery WHERE received_at < now() - interval '30 days')
      INSERT INTO hook_delivery (hook, delivery, import, payload) VALUES ($1, $2, $3, $4)
      """;

  /** A hook, whose it is, and what opens its source. */
  record Stored(
      Hook view, TeamId team, Optional<byte[]> sealedSource, boolean onLatest, String directory) {}

  private final Pool pool;

  HookStore(Pool pool) {
    this.pool = pool;
  }

  Uni<Hook> insert(
      Transaction tx,
      HookId id,
      TeamId team,
      DatasetId dataset,
      NewImport wanted,
      Optional<byte[]> sealedSource) {
    return tx.preparedQuery(INSERT)
        .execute(
            Tuple.of(
                    id.text(),
                    team.text(),
                    dataset.text(),
                    new JsonObject(wanted.source().masked().encode()),
                    sealedSource.map(Buffer::buffer).orElse(null),
                    wanted.message())
                .addArrayOfString(wanted.tags().stream().map(TagName::text).toArray(String[]::new))
                .addBoolean(wanted.onLatest())
                .addString(wanted.directory()))
        .map(rows -> stored(rows.iterator().next()).view());
  }

  Uni<Integer> count(Transaction tx, DatasetId dataset) {
    return tx.preparedQuery("SELECT count(*) AS hooks FROM hook WHERE dataset = $1")
        .execute(Tuple.of(dataset.text()))
        .map(rows -> rows.iterator().next().getInteger("hooks"));
  }

  /** Of a live dataset; whoever it belongs to. */
  Uni<Optional<Stored>> find(HookId id) {
    return pool.preparedQuery(
            "SELECT"
                + COLUMNS
                + "FROM hook WHERE id = $1 AND EXISTS (SELECT FROM dataset d WHERE d.id ="
                + " hook.dataset AND d.state = 'live')")
        .execute(Tuple.of(id.text()))
        .map(rows -> stream(rows).findFirst().map(this::stored));
  }

  /** All of a dataset, the newest first: there are few. */
  Uni<List<Hook>> list(DatasetId dataset) {
    return pool.preparedQuery(
            "SELECT" + COLUMNS + "FROM hook WHERE dataset = $1 ORDER BY number DESC")
        .execute(Tuple.of(dataset.text()))
        .map(rows -> stream(rows).map(row -> stored(row).view()).toList());
  }

  /** Whether it was there. */
  Uni<Boolean> delete(DatasetId dataset, String id) {
    return pool.preparedQuery("DELETE FROM hook WHERE id = $1 AND dataset = $2")
        .execute(Tuple.of(id, dataset.text()))
        .map(rows -> rows.rowCount() == 1);
  }

  /**
   * The import that a delivery made, if it was heard under its name or another. Others of the same
   * hook wait for {@code tx}.
   */
  Uni<Optional<ImportId>> heard(Transaction tx, HookId hook, Delivery delivery) {
    return tx.preparedQuery("SELECT FROM hook WHERE id = $1 FOR UPDATE")
        .execute(Tuple.of(hook.text()))
        .chain(
            () ->
                tx.preparedQuery(
                        "SELECT import FROM hook_delivery WHERE hook = $1 AND (delivery = $2 OR"
                            + " payload = $3) LIMIT 1")
                    .execute(Tuple.of(hook.text(), delivery.name(), payload(delivery))))
        .map(rows -> stream(rows).findFirst().map(row -> new ImportId(row.getString("import"))));
  }

  Uni<Void> hear(Transaction tx, HookId hook, Delivery delivery, ImportId made) {
    return tx.preparedQuery(HEARD)
        .execute(Tuple.of(hook.text(), delivery.name(), made.text(), payload(delivery)))
        .replaceWithVoid();
  }

  private static Buffer payload(Delivery delivery) {
    return Buffer.buffer(delivery.payload().toBytes());
  }

  private static Stream<Row> stream(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false);
  }

  private Stored stored(Row row) {
    String directory = row.getString("directory");
    boolean onLatest = row.getBoolean("on_latest");
    Hook view =
        new Hook(
            new HookId(row.getString("id")),
            new DatasetId(row.getString("dataset")),
            SourceSpec.decode(row.getJsonObject("source").encode()),
            row.getString("message"),
            Arrays.stream(row.getArrayOfStrings("tags")).map(TagName::new).toList(),
            onLatest ? Optional.of("latest") : Optional.empty(),
            Optional.of(directory).filter(d -> !d.isEmpty()),
            "/hooks/github/" + row.getString("id"),
            Optional.empty(),
            row.getOffsetDateTime("created_at").toInstant());
    return new Stored(
        view,
        new TeamId(row.getString("team")),
        Optional.ofNullable(row.getBuffer("secret")).map(bytes -> bytes.getBytes()),
        onLatest,
        directory);
  }
}
