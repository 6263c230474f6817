package io.moraine.dataset.idempotency;

import io.moraine.dataset.sealing.Sealer;
import io.moraine.dataset.sealing.UnreadableSecretException;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.Sha256;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** The rows of requests that named a key. */
@ApplicationScoped
class RequestStore {
  /** A team's keys that are remembered at once: one every nine seconds of a day. */
  static final int MOST_KEYS = 10_000;

  private static final String REMEMBERED = "interval '24 hours'";

  /** Longer than any request takes that makes something. */
  private static final String LONGEST_REQUEST = "interval '10 minutes'";

  private static final String FORGET_KEY =
      "DELETE FROM idempotent_request WHERE team = $1 AND key = $2 AND created_at < now() - "
          + REMEMBERED;

  /** Each new key takes a few old ones away, so that there are never more than a day's. */
  private static final String FORGET_OLD =
      """
      DELETE FROM idempotent_request WHERE (team, key) IN (
        SELECT team, key FROM idempotent_request WHERE created_at < now() - %s LIMIT 10 FOR UPDATE SKIP LOCKED)
      """
          .formatted(REMEMBERED);

  private static final String RESERVE =
      """
      INSERT INTO idempotent_request (team, key, request, holder)
      SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM idempotent_request WHERE team = $1) < $5
      ON CONFLICT DO NOTHING
      """;
  private static final String FIND =
      """
      SELECT request, holder, status, location, etag, body, created_at > now() - %s AS young
      FROM idempotent_request WHERE team = $1 AND key = $2
      """
          .formatted(LONGEST_REQUEST);
  private static final String KEEP =
      """
      UPDATE idempotent_request SET status = $3, location = $4, etag = $5, body = $6
      WHERE team = $1 AND key = $2 AND status IS NULL
      """;
  private static final String RELEASE =
      "DELETE FROM idempotent_request WHERE team = $1 AND key = $2 AND status IS NULL";

  /** Which request. */
  record Key(String team, String text) {}

  /**
   * A request that came before.
   *
   * @param request its digest; none when the key that sealed it is gone
   * @param holder the process that took it
   * @param young whether another process may still be at it
   */
  record Earlier(
      Optional<Sha256> request, String holder, boolean young, Optional<KeptAnswer> answer) {}

  private final Database database;
  private final Pool pool;
  private final Sealer sealer;

  RequestStore(Database database, Pool pool, Sealer sealer) {
    this.database = database;
    this.pool = pool;
    this.sealer = sealer;
  }

  /** Takes the key for {@code request}; answers with who has it, when somebody does. */
  Uni<Optional<Earlier>> reserve(Key key, Sha256 request, String holder) {
    return database.transaction(
        tx ->
            tx.preparedQuery(FORGET_KEY)
                .execute(parameters(key))
                .chain(() -> tx.preparedQuery(FORGET_OLD).execute())
                .chain(
                    () ->
                        tx.preparedQuery(RESERVE)
                            .execute(
                                parameters(key)
                                    .addValue(sealed(key, request))
                                    .addString(holder)
                                    .addInteger(MOST_KEYS)))
                .chain(
                    reserved ->
                        reserved.rowCount() == 1
                            ? Uni.createFrom().item(Optional.<Earlier>empty())
                            : find(tx, key)));
  }

  /** A request may hold a password, which whoever has its bare digest could guess at. */
  private Buffer sealed(Key key, Sha256 request) {
    return Buffer.buffer(sealer.seal(request.hex(), owner(key)));
  }

  private Optional<Sha256> opened(Key key, byte[] sealed) {
    try {
      return Optional.of(Sha256.ofHex(sealer.open(sealed, owner(key))));
    } catch (UnreadableSecretException e) {
      return Optional.empty();
    }
  }

  private static String owner(Key key) {
    return "idempotent request " + key.team() + "/" + key.text();
  }

  private Uni<Optional<Earlier>> find(Transaction tx, Key key) {
    return tx.preparedQuery(FIND)
        .execute(parameters(key))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw new IdempotencyProblem.TooMany(MOST_KEYS).exception();
              }
              return Optional.of(earlier(key, rows.iterator().next()));
            });
  }

  private Earlier earlier(Key key, Row row) {
    Integer status = row.getInteger("status");
    Optional<String> body = Optional.ofNullable(row.getString("body"));
    return new Earlier(
        opened(key, row.getBuffer("request").getBytes()),
        row.getString("holder"),
        row.getBoolean("young"),
        Optional.ofNullable(status)
            .map(
                answered ->
                    new KeptAnswer(
                        answered,
                        Optional.ofNullable(row.getString("location")),
                        Optional.ofNullable(row.getString("etag")),
                        body,
                        body.isPresent() || answered == 204)));
  }

  Uni<Void> keep(Key key, KeptAnswer answer) {
    return pool.preparedQuery(KEEP)
        .execute(
            parameters(key)
                .addInteger(answer.status())
                .addString(answer.location().orElse(null))
                .addString(answer.etag().orElse(null))
                .addString(answer.body().orElse(null)))
        .replaceWithVoid();
  }

  /** Nothing was done: the key may be used again. */
  Uni<Void> release(Key key) {
    return pool.preparedQuery(RELEASE).execute(parameters(key)).replaceWithVoid();
  }

  private static Tuple parameters(Key key) {
    return Tuple.of(key.team(), key.text());
  }
}
