package io.moraine.dataset.collect;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Store;
import io.moraine.vocabulary.Sha256;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;

/**
 * Contents of files that somebody wants, in a temporary table of its session, to be compared with
 * what the store has all at once: asked for one after the other as they come, each is a page of its
 * own, of the index and of the table.
 */
final class WantedStore {
  private static final String TABLE =
      """
      SET work_mem = '32MB';
      CREATE TEMP TABLE wanted (digest bytea);
      """;

  private static final String ADD = "INSERT INTO wanted SELECT * FROM unnest($1::bytea[])";

  /** All of it, whatever few are wanted in the end: the planner would bet on finding them soon. */
  private static final String MISSING =
      """
      WITH missing AS MATERIALIZED (
        SELECT digest FROM wanted w
        WHERE NOT EXISTS (SELECT FROM content WHERE store = $1 AND kind = $2 AND digest = w.digest)
      )
      SELECT DISTINCT digest FROM missing LIMIT $3
      """;

  /** From so many on, a plan made without knowing the tables costs more than looking at them. */
  private static final long MANY = 100_000;

  private final Session session;
  private final Store store;
  private long count;

  WantedStore(Session session, Store store) {
    this.session = session;
    this.store = store;
    session.run(TABLE);
  }

  /** Adds blobs; one may come several times. */
  void add(Collection<ContentId> blobs) {
    Buffer[] digests =
        blobs.stream().map(blob -> Buffer.buffer(blob.sha256().toBytes())).toArray(Buffer[]::new);
    session.execute(ADD, SessionStore.tuple(Tuple.tuple().addArrayOfBuffer(digests)));
    count += digests.length;
  }

  /** Up to {@code most} that the store does not have. */
  List<ContentId> missing(int most) {
    session.run("ANALYZE wanted");
    if (count >= MANY) {
      session.run("ANALYZE content"); // perhaps it was filled a moment ago
    }
    Tuple parameters = Tuple.of(store.provider().text(), (short) ContentKind.BLOB.code(), most);
    return session
        .rows(MISSING, SessionStore.tuple(parameters))
        .map(row -> Sha256.ofBytes(row.getBuffer("digest").getBytes()))
        .map(digest -> new ContentId(ContentKind.BLOB, digest))
        .toList();
  }
}
