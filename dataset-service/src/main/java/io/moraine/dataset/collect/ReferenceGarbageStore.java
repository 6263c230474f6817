package io.moraine.dataset.collect;

import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Store;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;

/**
 * What a run changes in {@code content_reference}, by its marks and the same rules as in {@code
 * content}: places are forgotten, what lies there is somebody else's and stays.
 */
final class ReferenceGarbageStore {
  private static final int BATCH = 5_000;

  private static final String CLEAR =
      """
      WITH reached AS (
        SELECT c.kind, c.digest FROM content_reference c JOIN mark m ON m.kind = c.kind AND m.digest = c.digest
        WHERE c.store = $1 AND c.condemned_at IS NOT NULL
        ORDER BY c.kind, c.digest LIMIT $2 FOR UPDATE OF c SKIP LOCKED
      )
      UPDATE content_reference c SET condemned_at = NULL FROM reached r
      WHERE c.store = $1 AND c.kind = r.kind AND c.digest = r.digest
      """;

  /** Only what an earlier run condemned: this one has condemned nothing yet. */
  private static final String DELETE =
      """
      WITH dead AS (
        SELECT c.kind, c.digest FROM content_reference c
        WHERE c.store = $1 AND c.condemned_at <= now() - make_interval(secs => $3)
          AND NOT EXISTS (SELECT FROM mark m WHERE m.kind = c.kind AND m.digest = c.digest)
        ORDER BY c.kind, c.digest LIMIT $2 FOR UPDATE OF c SKIP LOCKED
      )
      DELETE FROM content_reference c USING dead d
      WHERE c.store = $1 AND c.kind = d.kind AND c.digest = d.digest
      """;

  /** The store has them itself by now, and keeps them: they are reached. */
  private static final String DELETE_STORED =
      """
      WITH stored AS (
        SELECT r.kind, r.digest FROM content_reference r
        JOIN content c ON c.store = $1 AND c.kind = r.kind AND c.digest = r.digest AND c.condemned_at IS NULL
        JOIN mark m ON m.kind = r.kind AND m.digest = r.digest
        WHERE r.store = $1
        ORDER BY r.kind, r.digest LIMIT $2 FOR UPDATE OF r SKIP LOCKED
      )
      DELETE FROM content_reference r USING stored s
      WHERE r.store = $1 AND r.kind = s.kind AND r.digest = s.digest
      """;

  private static final String CONDEMN =
      """
      WITH page AS MATERIALIZED (
        SELECT kind, digest FROM content_reference WHERE store = $1 AND (kind, digest) > ($2, $3)
        ORDER BY kind, digest LIMIT $4
      ), unreached AS (
        SELECT c.kind, c.digest FROM page p
        JOIN content_reference c ON c.store = $1 AND c.kind = p.kind AND c.digest = p.digest
        WHERE c.condemned_at IS NULL AND c.created_at <= now() - make_interval(secs => $5)
          AND NOT EXISTS (SELECT FROM mark m WHERE m.kind = p.kind AND m.digest = p.digest)
        ORDER BY c.kind, c.digest FOR UPDATE OF c SKIP LOCKED
      ), condemned AS (
        UPDATE content_reference c SET condemned_at = now() FROM unreached u
        WHERE c.store = $1 AND c.kind = u.kind AND c.digest = u.digest
      )
      SELECT kind, digest FROM page ORDER BY kind DESC, digest DESC LIMIT 1
      """;

  /** An import that is just entering the first contents of an object has looked at it lately. */
  private static final String FORGET_SOURCES =
      """
      DELETE FROM source_object s USING provider p
      WHERE p.id = s.provider AND p.team = $1 AND s.looked_at <= now() - interval '1 hour'
        AND NOT EXISTS (SELECT FROM content_reference r WHERE r.source = s.id)
      """;

  private final Session session;
  private final Store store;

  ReferenceGarbageStore(Session session, Store store) {
    this.session = session;
    this.store = store;
  }

  /** All that a run does here; to be called when everything is marked. */
  void sweep(Duration grace) {
    inBatches(CLEAR, batch());
    inBatches(DELETE, batch().addDouble((double) grace.toSeconds()));
    inBatches(DELETE_STORED, batch());
    condemn(grace);
    session.execute(FORGET_SOURCES, SessionStore.tuple(Tuple.of(store.team().text())));
  }

  private Tuple batch() {
    return Tuple.of(store.provider().text(), BATCH);
  }

  private void inBatches(String statement, Tuple parameters) {
    int rows;
    do {
      rows = session.execute(statement, SessionStore.tuple(parameters)).rowCount();
    } while (rows == BATCH);
  }

  private void condemn(Duration grace) {
    Optional<Row> last = condemnPage((short) 0, Buffer.buffer(), grace);
    while (last.isPresent()) {
      last =
          condemnPage(
              last.get().getShort("kind"), last.get().getBuffer("digest").getDelegate(), grace);
    }
  }

  private Optional<Row> condemnPage(short kind, Buffer digest, Duration grace) {
    return session
        .rows(
            CONDEMN,
            SessionStore.tuple(
                Tuple.of(store.provider().text(), kind, digest, BATCH, (double) grace.toSeconds())))
        .findFirst();
  }
}
