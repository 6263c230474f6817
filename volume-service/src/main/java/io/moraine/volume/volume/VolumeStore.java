package io.moraine.volume.volume;

import io.moraine.events.volume.VolumeEvent;
import io.moraine.events.volume.VolumeFailed;
import io.moraine.events.volume.VolumeProvisioned;
import io.moraine.events.volume.VolumeReleased;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.moraine.volume.driver.VolumeName;
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
import java.util.OptionalLong;
import java.util.stream.StreamSupport;

/** The table {@code volume}. */
@ApplicationScoped
class VolumeStore {
  private static final String STORAGE = "storage";
  private static final String WHICH = " WHERE team = $1 AND run = $2 AND job = $3 AND name = $4 ";

  private final Pool pool;
  private final Database database;
  private final Outbox outbox;

  VolumeStore(Pool pool, Database database, Outbox outbox) {
    this.pool = pool;
    this.database = database;
    this.outbox = outbox;
  }

  Uni<Void> want(String id, VolumeName name, OptionalLong sizeBytes) {
    return pool.preparedQuery(
            """
            INSERT INTO volume (id, team, kind, run, job, name, size_bytes, phase)
            VALUES ($1, $2, 'workflow', $3, $4, $5, $6, 'pending')
            ON CONFLICT (team, run, job, name) DO NOTHING
            """)
        .execute(
            Tuple.of(
                    id,
                    name.run().team().text(),
                    name.run().run().text(),
                    name.job().text(),
                    name.output().text())
                .addValue(sizeBytes.isPresent() ? sizeBytes.getAsLong() : null))
        .replaceWithVoid();
  }

  Uni<Void> provisioned(VolumeName name, String path) {
    return move(
        """
        UPDATE volume SET phase = 'provisioned', path = $5, reason = NULL
        """
            + WHICH
            + "AND phase IN ('pending', 'failed') RETURNING id",
        which(name).addString(path),
        id ->
            new VolumeProvisioned(
                name.run().team(), id, name.run().run(), name.job(), name.output()));
  }

  Uni<Void> failed(VolumeName name, String reason) {
    return move(
        """
        UPDATE volume SET phase = 'failed', reason = $5
        """
            + WHICH
            + "AND phase = 'pending' RETURNING id",
        which(name).addString(reason),
        id ->
            new VolumeFailed(
                name.run().team(), id, name.run().run(), name.job(), name.output(), reason));
  }

  Uni<Void> releasing(VolumeName name) {
    return pool.preparedQuery(
            "UPDATE volume SET phase = 'releasing'" + WHICH + "AND phase <> 'released'")
        .execute(which(name))
        .replaceWithVoid();
  }

  Uni<Void> released(VolumeName name) {
    return move(
        "UPDATE volume SET phase = 'released'" + WHICH + "AND phase = 'releasing' RETURNING id",
        which(name),
        id ->
            new VolumeReleased(name.run().team(), id, name.run().run(), name.job(), name.output()));
  }

  Uni<Void> storage(String id, TeamId team, String path) {
    return pool.preparedQuery(
            """
            INSERT INTO volume (id, team, kind, name, phase, path) VALUES ($1, $2, $3, $3, 'provisioned', $4)
            ON CONFLICT (team, run, job, name) DO UPDATE SET path = excluded.path
            """)
        .execute(Tuple.of(id, team.text(), STORAGE, path))
        .replaceWithVoid();
  }

  Uni<List<VolumeDetails>> page(TeamId team, String after, int limit) {
    return pool.preparedQuery(
            """
            SELECT id, kind, run, job, name, size_bytes, phase, path, reason FROM volume
            WHERE team = $1 AND id > $2 AND phase <> 'released' ORDER BY id LIMIT $3
            """)
        .execute(Tuple.of(team.text(), after, limit))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false).map(VolumeStore::read).toList());
  }

  /** How many volumes are in each phase; those that are gone are not counted. */
  Uni<Map<VolumePhase, Long>> count() {
    return pool.query(
            "SELECT phase, count(*) AS n FROM volume WHERE phase <> 'released' GROUP BY phase")
        .execute()
        .map(
            rows -> {
              Map<VolumePhase, Long> counts = new HashMap<>();
              rows.forEach(r -> counts.put(VolumePhase.of(r.getString("phase")), r.getLong("n")));
              return counts;
            });
  }

  private interface Told {
    VolumeEvent by(String id);
  }

  /** Changes a phase and tells of it, or does neither. */
  private Uni<Void> move(String update, Tuple values, Told told) {
    return database.transaction(
        tx -> tx.preparedQuery(update).execute(values).chain(rows -> tell(tx, rows, told)));
  }

  private Uni<Void> tell(Transaction tx, RowSet<Row> moved, Told told) {
    return moved.rowCount() == 0
        ? Uni.createFrom().voidItem()
        : outbox.append(tx, told.by(moved.iterator().next().getString("id"))).replaceWithVoid();
  }

  private static Tuple which(VolumeName name) {
    return Tuple.of(
        name.run().team().text(), name.run().run().text(), name.job().text(), name.output().text());
  }

  private static VolumeDetails read(Row row) {
    Long sizeBytes = row.getLong("size_bytes");
    return new VolumeDetails(
        row.getString("id"),
        row.getString("kind"),
        Optional.ofNullable(row.getString("run")).map(RunName::new),
        Optional.ofNullable(row.getString("job")).map(RunName::new),
        new RunName(row.getString("name")),
        sizeBytes == null ? OptionalLong.empty() : OptionalLong.of(sizeBytes),
        VolumePhase.of(row.getString("phase")),
        Optional.ofNullable(row.getString("path")),
        Optional.ofNullable(row.getString("reason")));
  }
}
