package io.moraine.cache.version;

import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The table {@code cached_version}. Every change of state is one conditional statement. */
@ApplicationScoped
class VersionStore {
  private static final String ONE = " WHERE team = $1 AND dataset = $2 AND version = $3 ";

  private static final String WANT =
      """
      INSERT INTO cached_version AS v (team, dataset, version, digest, files, bytes)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (team, dataset, version) DO UPDATE SET
        wanted = true, last_used_at = now(), retry_at = now(),
        state = CASE v.state WHEN 'failed' THEN 'wanted' ELSE v.state END,
        reason = CASE v.state WHEN 'failed' THEN NULL ELSE v.reason END,
        waiting_since = CASE v.state WHEN 'failed' THEN NULL ELSE v.waiting_since END,
        missing_bytes = CASE v.state WHEN 'failed' THEN NULL ELSE v.missing_bytes END
      """;

  /** The same for a version that is known already; what is deleted and pinned stays unwanted. */
  private static final String WANT_AGAIN =
      """
      UPDATE cached_version SET
        wanted = wanted OR state <> 'cached', last_used_at = now(), retry_at = now(),
        state = CASE state WHEN 'failed' THEN 'wanted' ELSE state END,
        reason = CASE state WHEN 'failed' THEN NULL ELSE reason END,
        waiting_since = CASE
          WHEN state = 'failed' OR coalesce(pinned_until <= now(), true) THEN NULL
          ELSE waiting_since END,
        missing_bytes = CASE state WHEN 'failed' THEN NULL ELSE missing_bytes END
      """
          + ONE
          + "RETURNING *";

  /** What is pinned stays until its pins end: somebody reads it. */
  private static final String UNWANT =
      """
      UPDATE cached_version SET
        wanted = false,
        state = CASE
          WHEN state = 'filling' THEN 'filling'
          WHEN state = 'cached' AND pinned_until > now() THEN 'cached'
          ELSE 'evicting' END
      """;

  /**
   * The first fills of each team's queue, those under way included; those that somebody waits for
   * before those that are cached for later.
   */
  private static final String DUE_FILLS =
      """
      SELECT team, dataset, version FROM (
        SELECT *, row_number() OVER (
          PARTITION BY team ORDER BY state = 'filling' DESC, pinned DESC, asked_at) AS place
        FROM (
          SELECT *, coalesce(pinned_until > now(), false) AS pinned FROM cached_version
          WHERE state IN ('wanted', 'filling') OR state = 'waiting' AND retry_at <= now()
        ) AS wanted
      ) AS due WHERE place <= $1 ORDER BY pinned DESC, asked_at LIMIT $2
      """;

  private static final String CLAIM_FILL =
      "UPDATE cached_version SET state = 'filling', retry_at = NULL"
          + ONE
          + "AND (state IN ('wanted', 'filling') OR state = 'waiting' AND retry_at <= now())"
          + " RETURNING *";

  /** Fails to match when it was unwanted meanwhile. */
  private static final String CACHED =
      """
      UPDATE cached_version SET
        state = 'cached', cached_at = now(), reason = NULL, missing_bytes = NULL, waiting_since = NULL
      """
          + ONE
          + "AND state = 'filling' AND wanted";

  private static final String POSTPONED =
      """
      UPDATE cached_version SET
        state = CASE WHEN wanted THEN 'wanted' ELSE 'evicting' END, reason = $4, asked_at = now()
      """
          + ONE
          + "AND state = 'filling'";

  private static final String FAILED =
      """
      UPDATE cached_version SET
        state = CASE WHEN wanted THEN 'failed' ELSE 'evicting' END, reason = $4, asked_at = now(),
        missing_bytes = $5
      """
          + ONE
          + "AND state = 'filling'";

  /** Who pins it is told in the end that there is no room; without a pin nobody waits for it. */
  private static final String WAITING =
      """
      UPDATE cached_version SET
        state = CASE
          WHEN NOT wanted THEN 'evicting'
          WHEN pinned_until > now() AND waiting_since <= now() - $6 * interval '1 second' THEN 'failed'
          ELSE 'waiting' END,
        reason = $4, asked_at = now(), missing_bytes = $5,
        waiting_since = coalesce(waiting_since, now()), retry_at = now() + $7 * interval '1 second'
      """
          + ONE
          + "AND state = 'filling'";

  /** What was deleted while it was pinned, and is not pinned any more. */
  private static final String UNWANTED =
      "state = 'cached' AND NOT wanted AND (pinned_until IS NULL OR pinned_until <= now())";

  /**
   * What an eviction may take: a row's own column says whether it is pinned, so no pin is missed.
   */
  private static final String EVICTABLE =
      "FROM cached_version WHERE team = $1 AND state = 'cached'"
          + " AND (pinned_until IS NULL OR pinned_until <= now())";

  private static final String CLAIM_VICTIM =
      """
      UPDATE cached_version SET state = 'evicting', wanted = false
      WHERE (team, dataset, version) IN (
        SELECT team, dataset, version
      """
          + EVICTABLE
          + " ORDER BY last_used_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *";

  private final Pool database;

  VersionStore(Pool database) {
    this.database = database;
  }

  Uni<Void> want(Transaction tx, VersionKey key, Sha256 digest, long files, long bytes) {
    return tx.preparedQuery(WANT)
        .execute(one(key).addBuffer(Buffer.buffer(digest.toBytes())).addLong(files).addLong(bytes))
        .replaceWithVoid();
  }

  Uni<Optional<CachedVersion>> wantAgain(Transaction tx, VersionKey key) {
    return tx.preparedQuery(WANT_AGAIN).execute(one(key)).map(VersionStore::first);
  }

  Uni<Void> unwant(Transaction tx, VersionKey key) {
    return tx.preparedQuery(UNWANT + ONE).execute(one(key)).replaceWithVoid();
  }

  Uni<Void> unwantAll(Transaction tx, TeamId team, DatasetId dataset) {
    return tx.preparedQuery(UNWANT + "WHERE team = $1 AND dataset = $2")
        .execute(Tuple.of(team.text(), dataset.text()))
        .replaceWithVoid();
  }

  Uni<Optional<CachedVersion>> find(VersionKey key) {
    return database
        .preparedQuery("SELECT * FROM cached_version" + ONE)
        .execute(one(key))
        .map(VersionStore::first);
  }

  /** Locks the row until the transaction ends. */
  Uni<Optional<CachedVersion>> lock(Transaction tx, VersionKey key) {
    return tx.preparedQuery("SELECT * FROM cached_version" + ONE + "FOR UPDATE")
        .execute(one(key))
        .map(VersionStore::first);
  }

  /** Another version of the same dataset; its row is locked until the transaction ends. */
  Uni<Optional<CachedVersion>> newestCached(Transaction tx, VersionKey than) {
    return tx.preparedQuery(
            """
            SELECT * FROM cached_version
            WHERE team = $1 AND dataset = $2 AND version <> $3 AND state = 'cached' AND wanted
            ORDER BY cached_at DESC LIMIT 1 FOR UPDATE
            """)
        .execute(one(than))
        .map(VersionStore::first);
  }

  Uni<List<VersionKey>> dueFills(int perTeam, int most) {
    return database
        .preparedQuery(DUE_FILLS)
        .execute(Tuple.of(perTeam, most))
        .map(VersionStore::keys);
  }

  Uni<Optional<CachedVersion>> claimFill(VersionKey key) {
    return database.preparedQuery(CLAIM_FILL).execute(one(key)).map(VersionStore::first);
  }

  Uni<Boolean> cached(Transaction tx, VersionKey key) {
    return tx.preparedQuery(CACHED).execute(one(key)).map(rows -> rows.rowCount() == 1);
  }

  /** What was filled and is not wanted any more. */
  Uni<Void> unwantFilled(Transaction tx, VersionKey key) {
    return tx.preparedQuery(
            "UPDATE cached_version SET state = 'evicting'" + ONE + "AND state = 'filling'")
        .execute(one(key))
        .replaceWithVoid();
  }

  /** It is tried again; {@code reason} is what ended the last attempt. */
  Uni<Void> postponed(VersionKey key, String reason) {
    return database.preparedQuery(POSTPONED).execute(one(key).addString(reason)).replaceWithVoid();
  }

  /**
   * It is not tried again before it is wanted anew.
   *
   * @param missingBytes when a larger bound would help: the room that it lacks
   */
  Uni<Void> failed(VersionKey key, String reason, Optional<Long> missingBytes) {
    return database
        .preparedQuery(FAILED)
        .execute(one(key).addString(reason).addLong(missingBytes.orElse(null)))
        .replaceWithVoid();
  }

  /**
   * There is no room for it now.
   *
   * @param patience after which it has failed, if it is pinned
   * @param retryIn after which room is looked for again, if none was announced
   */
  Uni<Void> waiting(
      VersionKey key, String reason, long missingBytes, Duration patience, Duration retryIn) {
    return database
        .preparedQuery(WAITING)
        .execute(
            one(key)
                .addString(reason)
                .addLong(missingBytes)
                .addLong(patience.toSeconds())
                .addLong(retryIn.toSeconds()))
        .replaceWithVoid();
  }

  /** Lets those that wait for room look for it now. */
  Uni<Void> retryWaiting(TeamId team) {
    return changeWaiting(team, "retry_at = now()");
  }

  /** What those that wait lack may be less: they share what was just cached. */
  Uni<Void> forgetMissing(TeamId team) {
    return changeWaiting(team, "missing_bytes = NULL");
  }

  /** Passes over rows that somebody changes now: he knows better, and none waits for another. */
  private Uni<Void> changeWaiting(TeamId team, String change) {
    return database
        .preparedQuery(
            "UPDATE cached_version SET "
                + change
                + """
                 WHERE (team, dataset, version) IN (
                  SELECT team, dataset, version FROM cached_version
                  WHERE team = $1 AND state = 'waiting' FOR UPDATE SKIP LOCKED)
                """)
        .execute(Tuple.of(team.text()))
        .replaceWithVoid();
  }

  /** The bound is another: those that were too large may fit, too. */
  Uni<Void> retryForBound(TeamId team) {
    return database
        .preparedQuery(
            """
            UPDATE cached_version SET state = 'wanted', waiting_since = NULL, missing_bytes = NULL
            WHERE (team, dataset, version) IN (
              SELECT team, dataset, version FROM cached_version
              WHERE team = $1
                AND (state = 'waiting' OR state = 'failed' AND missing_bytes IS NOT NULL)
              ORDER BY dataset, version FOR UPDATE)
            """)
        .execute(Tuple.of(team.text()))
        .replaceWithVoid();
  }

  /** The teams of which something shall go. */
  Uni<List<TeamId>> dueEvictions(int most) {
    return database
        .preparedQuery(
            "SELECT DISTINCT team FROM cached_version WHERE state = 'evicting' OR "
                + UNWANTED
                + " LIMIT $1")
        .execute(Tuple.of(most))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> new TeamId(row.getString("team")))
                    .toList());
  }

  /** Claims what nobody wants or pins any more; says some of what is on its way out. */
  Uni<List<VersionKey>> claimEvictions(TeamId team, int most) {
    return database
        .preparedQuery(
            "UPDATE cached_version SET state = 'evicting' WHERE team = $1 AND " + UNWANTED)
        .execute(Tuple.of(team.text()))
        .chain(
            () ->
                database
                    .preparedQuery(
                        """
                        SELECT team, dataset, version FROM cached_version
                        WHERE team = $1 AND state = 'evicting' ORDER BY random() LIMIT $2
                        """)
                    .execute(Tuple.of(team.text(), most)))
        .map(VersionStore::keys);
  }

  /** The bytes of what may be evicted, shared ones counted in each. */
  Uni<Long> evictableBytes(TeamId team) {
    return database
        .preparedQuery("SELECT coalesce(sum(bytes), 0)::bigint AS bytes " + EVICTABLE)
        .execute(Tuple.of(team.text()))
        .map(rows -> rows.iterator().next().getLong("bytes"));
  }

  Uni<Optional<CachedVersion>> claimVictim(TeamId team) {
    return database
        .preparedQuery(CLAIM_VICTIM)
        .execute(Tuple.of(team.text()))
        .map(VersionStore::first);
  }

  /** Ends an eviction: in the queue again if it is wanted again, else forgotten. */
  Uni<Void> evicted(Transaction tx, CachedVersion version) {
    String sql =
        version.wanted()
            ? "UPDATE cached_version SET state = 'wanted', cached_at = NULL, asked_at = now()" + ONE
            : "DELETE FROM cached_version" + ONE;
    return tx.preparedQuery(sql).execute(one(version.key())).replaceWithVoid();
  }

  Uni<Long> countCached(TeamId team) {
    return database
        .preparedQuery(
            "SELECT count(*) AS n FROM cached_version WHERE team = $1 AND state = 'cached'")
        .execute(Tuple.of(team.text()))
        .map(rows -> rows.iterator().next().getLong("n"));
  }

  /** All rows of one state, a page at a time by key. */
  Uni<List<CachedVersion>> page(VersionState state, Optional<VersionKey> after, int most) {
    return database
        .preparedQuery(
            """
            SELECT * FROM cached_version
            WHERE state = $1 AND (team, dataset, version) > ($2, $3, $4)
            ORDER BY team, dataset, version LIMIT $5
            """)
        .execute(
            Tuple.tuple()
                .addString(state.text())
                .addString(after.map(k -> k.team().text()).orElse(""))
                .addString(after.map(k -> k.dataset().text()).orElse(""))
                .addString(after.map(k -> k.version().text()).orElse(""))
                .addInteger(most))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false).map(VersionStore::row).toList());
  }

  /** A cached version whose directory is gone is in the queue again. */
  Uni<Void> lost(VersionKey key) {
    return database
        .preparedQuery(
            "UPDATE cached_version SET state = 'wanted', cached_at = NULL, asked_at = now()"
                + ONE
                + "AND state = 'cached'")
        .execute(one(key))
        .replaceWithVoid();
  }

  /** The end of the longest pin is what the pins say now. */
  Uni<Void> pinned(Transaction tx, VersionKey key) {
    return tx.preparedQuery(
            """
            UPDATE cached_version SET pinned_until = (
              SELECT max(expires_at) FROM pin WHERE team = $1 AND dataset = $2 AND version = $3)
            """
                + ONE)
        .execute(one(key))
        .replaceWithVoid();
  }

  static Tuple one(VersionKey key) {
    return Tuple.tuple()
        .addString(key.team().text())
        .addString(key.dataset().text())
        .addString(key.version().text());
  }

  private static Optional<CachedVersion> first(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(VersionStore::row).findFirst();
  }

  private static List<VersionKey> keys(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(VersionStore::key).toList();
  }

  private static VersionKey key(Row row) {
    return new VersionKey(
        new TeamId(row.getString("team")),
        new DatasetId(row.getString("dataset")),
        new VersionId(row.getString("version")));
  }

  private static CachedVersion row(Row row) {
    return new CachedVersion(
        key(row),
        VersionState.of(row.getString("state")),
        row.getBoolean("wanted"),
        row.getValue("cached_at") != null,
        Sha256.ofBytes(row.getBuffer("digest").getBytes()),
        row.getLong("files"),
        row.getLong("bytes"),
        Optional.ofNullable(row.getString("reason")),
        Optional.ofNullable(row.getLong("missing_bytes")));
  }
}
