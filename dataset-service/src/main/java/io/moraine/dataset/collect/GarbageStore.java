package io.moraine.dataset.collect;

import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Store;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a run changes in {@code content} and {@code object_deletion}, by its marks. */
final class GarbageStore {
  /** Rows that one statement locks. Whoever refers to one of them meanwhile waits so long. */
  private static final int BATCH = 5_000;

  private static final String EVENTS =
      """
      SELECT coalesce(sum(s.sequence), 0)::bigint FROM event_sequence s JOIN dataset d ON d.id = s.key
      WHERE d.provider = $1 AND s.topic = 'moraine.datasets'
      """;

  private static final String BEGIN =
      """
      INSERT INTO collection (store, started_at, started_events)
      VALUES ($1, clock_timestamp(), (%s))
      ON CONFLICT (store) DO UPDATE SET started_at = excluded.started_at, started_events = excluded.started_events
      """
          .formatted(EVENTS);

  private static final String END =
      "UPDATE collection SET whole_at = started_at, whole_events = started_events WHERE store = $1";

  /**
   * Contents that were too young for the last whole run, and what runs left to others, are work as
   * well. Once a day there is a run whatever is known: objects that nobody knows of leave no trace.
   */
  private static final String HAS_WORK =
      """
      SELECT c.store IS NULL OR c.whole_at IS NULL OR c.whole_at <= now() - interval '1 day'
        OR c.whole_events <> (%s)
        OR EXISTS (SELECT FROM object_deletion WHERE store = $1)
        OR EXISTS (SELECT FROM content WHERE store = $1 AND condemned_at IS NOT NULL)
        OR EXISTS (SELECT FROM content_reference WHERE store = $1 AND condemned_at IS NOT NULL)
        OR EXISTS (SELECT FROM version v JOIN dataset d ON d.id = v.dataset
                   WHERE d.provider = $1 AND v.modified_at >= c.whole_at)
        OR EXISTS (SELECT FROM content WHERE store = $1 AND created_at > c.whole_at - make_interval(secs => $2)) AS work
      FROM (SELECT) AS one LEFT JOIN collection c ON c.store = $1
      """
          .formatted(EVENTS);

  /** A version that a rebuild lost is known after a while, in which the bucket may be mended. */
  private static final String UNKNOWN =
      """
      SELECT r.dataset, r.version FROM unnest($1::text[], $2::text[]) AS r (dataset, version)
      WHERE NOT EXISTS (SELECT FROM version v WHERE v.dataset = r.dataset AND v.id = r.version)
        AND NOT EXISTS (SELECT FROM lost_version l WHERE l.dataset = r.dataset AND l.version = r.version
                          AND l.lost_at <= now() - interval '30 days')
      """;

  /** Rows that somebody has in hand are skipped: he refers to them, and clears them himself. */
  private static final String CLEAR =
      """
      WITH reached AS (
        SELECT c.kind, c.digest FROM content c JOIN mark m ON m.kind = c.kind AND m.digest = c.digest
        WHERE c.store = $1 AND c.condemned_at IS NOT NULL
        ORDER BY c.kind, c.digest LIMIT $2 FOR UPDATE OF c SKIP LOCKED
      )
      UPDATE content c SET condemned_at = NULL FROM reached r
      WHERE c.store = $1 AND c.kind = r.kind AND c.digest = r.digest
      """;

  /** Only what an earlier run condemned: this one has condemned nothing yet. */
  private static final String DELETE =
      """
      WITH dead AS (
        SELECT c.kind, c.digest FROM content c
        WHERE c.store = $1 AND c.condemned_at <= now() - make_interval(secs => $2)
          AND NOT EXISTS (SELECT FROM mark m WHERE m.kind = c.kind AND m.digest = c.digest)
        ORDER BY c.kind, c.digest LIMIT $3 FOR UPDATE OF c SKIP LOCKED
      )
      DELETE FROM content c USING dead d
      WHERE c.store = $1 AND c.kind = d.kind AND c.digest = d.digest
      RETURNING c.object, c.size_bytes
      """;

  private static final String EMPTY_OBJECTS =
      """
      INSERT INTO object_deletion (store, object)
      SELECT $1, o.object FROM unnest($2::text[]) AS o (object)
      WHERE NOT EXISTS (SELECT FROM content c WHERE c.store = $1 AND c.object = o.object)
      ORDER BY o.object
      ON CONFLICT DO NOTHING
      """;

  private static final String CONDEMN =
      """
      WITH page AS MATERIALIZED (
        SELECT kind, digest FROM content WHERE store = $1 AND (kind, digest) > ($2, $3)
        ORDER BY kind, digest LIMIT $4
      ), unreached AS (
        SELECT c.kind, c.digest FROM page p JOIN content c ON c.store = $1 AND c.kind = p.kind AND c.digest = p.digest
        WHERE c.condemned_at IS NULL AND c.created_at <= now() - make_interval(secs => $5)
          AND NOT EXISTS (SELECT FROM mark m WHERE m.kind = p.kind AND m.digest = p.digest)
        ORDER BY c.kind, c.digest FOR UPDATE OF c SKIP LOCKED
      ), condemned AS (
        UPDATE content c SET condemned_at = now() FROM unreached u
        WHERE c.store = $1 AND c.kind = u.kind AND c.digest = u.digest RETURNING 1
      )
      SELECT (SELECT count(*) FROM condemned) AS condemned, l.kind, l.digest
      FROM (SELECT kind, digest FROM page ORDER BY kind DESC, digest DESC LIMIT 1) l
      """;

  /** It holds something again. */
  private static final String TAKE_BACK =
      """
      DELETE FROM object_deletion d
      WHERE d.store = $1 AND (d.claimed_at IS NULL OR d.claimed_at <= now() - make_interval(secs => $2))
        AND EXISTS (SELECT FROM content c WHERE c.store = d.store AND c.object = d.object)
      """;

  /** Claims of runs that ended in the middle too, once nothing of them can be under way. */
  private static final String CLAIM =
      """
      UPDATE object_deletion d SET claimed_at = clock_timestamp()
      WHERE d.store = $1 AND d.object IN (
          SELECT object FROM object_deletion
          WHERE store = $1 AND since <= now() - make_interval(secs => $2)
            AND (claimed_at IS NULL OR claimed_at <= now() - make_interval(secs => $3))
          ORDER BY since LIMIT $4 FOR UPDATE SKIP LOCKED)
        AND NOT EXISTS (SELECT FROM content c WHERE c.store = d.store AND c.object = d.object)
      RETURNING d.object
      """;

  private static final String FORGET =
      "DELETE FROM object_deletion WHERE store = $1 AND object = $2";

  /** Contents that were deleted, and their bytes. */
  record Deleted(long contents, long bytes) {
    Deleted plus(Deleted other) {
      return new Deleted(contents + other.contents, bytes + other.bytes);
    }
  }

  /** A version that a bucket has a record of. */
  record Recorded(DatasetId dataset, VersionId version) {}

  private final Session session;
  private final Store store;

  GarbageStore(Session session, Store store) {
    this.session = session;
    this.store = store;
  }

  void begin() {
    session.execute(BEGIN, SessionStore.tuple(Tuple.of(id())));
  }

  void end() {
    session.execute(END, SessionStore.tuple(Tuple.of(id())));
  }

  /** Whether a run may find anything that the last whole one has not. */
  boolean hasWork(Duration grace) {
    return session
        .rows(HAS_WORK, SessionStore.tuple(Tuple.of(id(), (double) grace.toSeconds())))
        .findFirst()
        .orElseThrow()
        .getBoolean("work");
  }

  private String id() {
    return store.provider().text();
  }

  /** By the database's clock, which is the one that counts. */
  Instant now() {
    return session
        .rows("SELECT clock_timestamp() AS now", SessionStore.tuple(Tuple.tuple()))
        .findFirst()
        .orElseThrow()
        .getOffsetDateTime("now")
        .toInstant();
  }

  /** Those of {@code records} that the database knows nothing of. */
  List<Recorded> unknown(List<Recorded> records) {
    Tuple parameters =
        Tuple.tuple()
            .addArrayOfString(records.stream().map(r -> r.dataset().text()).toArray(String[]::new))
            .addArrayOfString(records.stream().map(r -> r.version().text()).toArray(String[]::new));
    return session
        .rows(UNKNOWN, SessionStore.tuple(parameters))
        .map(
            row ->
                new Recorded(
                    new DatasetId(row.getString("dataset")),
                    new VersionId(row.getString("version"))))
        .toList();
  }

  /** Takes condemnation back from what is reachable; how many it were. */
  long clear() {
    long all = 0;
    int cleared;
    do {
      cleared = session.execute(CLEAR, SessionStore.tuple(Tuple.of(id(), BATCH))).rowCount();
      all += cleared;
    } while (cleared == BATCH);
    return all;
  }

  /** Deletes what was condemned at least {@code grace} ago and still is, and is not marked. */
  Deleted delete(Duration grace) {
    Deleted all = new Deleted(0, 0);
    Deleted batch;
    do {
      batch = session.transaction(() -> deleteBatch(grace));
      all = all.plus(batch);
    } while (batch.contents() == BATCH);
    return all;
  }

  private Deleted deleteBatch(Duration grace) {
    List<Row> rows =
        session
            .rows(DELETE, SessionStore.tuple(Tuple.of(id(), (double) grace.toSeconds(), BATCH)))
            .toList();
    noteEmpty(rows.stream().map(row -> row.getString("object")).distinct().toList());
    return new Deleted(
        rows.size(), rows.stream().mapToLong(row -> row.getLong("size_bytes")).sum());
  }

  /** Enters those of {@code objects} that hold nothing for deletion; how many are new there. */
  int noteEmpty(List<String> objects) {
    return session
        .execute(
            EMPTY_OBJECTS,
            SessionStore.tuple(Tuple.of(id()).addArrayOfString(SessionStore.texts(objects))))
        .rowCount();
  }

  /** Condemns what is not marked and older than {@code grace}; how many it were. */
  long condemn(Duration grace) {
    long all = 0;
    Optional<Row> last = condemnPage((short) 0, Buffer.buffer(), grace);
    while (last.isPresent()) {
      all += last.get().getLong("condemned");
      last =
          condemnPage(
              last.get().getShort("kind"), last.get().getBuffer("digest").getDelegate(), grace);
    }
    return all;
  }

  private Optional<Row> condemnPage(short kind, Buffer digest, Duration grace) {
    return session
        .rows(
            CONDEMN,
            SessionStore.tuple(Tuple.of(id(), kind, digest, BATCH, (double) grace.toSeconds())))
        .findFirst();
  }

  /** Forgets those that hold something again. */
  void takeBack(Duration abandoned) {
    session.execute(TAKE_BACK, SessionStore.tuple(Tuple.of(id(), (double) abandoned.toSeconds())));
  }

  /**
   * Claims up to {@code most} objects that have held nothing for {@code delay}: from now on nobody
   * puts them until they are gone.
   */
  List<String> claim(Duration delay, Duration abandoned, int most) {
    return session
        .rows(
            CLAIM,
            SessionStore.tuple(
                Tuple.of(id(), (double) delay.toSeconds(), (double) abandoned.toSeconds(), most)))
        .map(row -> row.getString("object"))
        .toList();
  }

  void forget(String object) {
    session.execute(FORGET, SessionStore.tuple(Tuple.of(id(), object)));
  }
}
