package io.moraine.dataset.version;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.content.tree.VersionRoot;
import io.moraine.events.Topic;
import io.moraine.events.dataset.Origin;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** What the commit asks of the tables. */
@ApplicationScoped
class CommitStore {
  /** Rows of staged changes in memory at once. */
  static final int PAGE = 5_000;

  private static final String ENTER =
      """
      UPDATE version v
      SET state = 'committing', message = coalesce($3::text, v.message), committed_at = now(), modified_at = now(),
          recorded_sequence = coalesce((SELECT sequence FROM event_sequence WHERE topic = $4 AND key = v.dataset), 0)
      FROM dataset d
      WHERE d.id = v.dataset AND v.dataset = $1 AND v.id = $2 AND v.state = 'open'
      RETURNING
      """
          + VersionStore.COLUMNS;

  /** Only what this commit entered: somebody else may have opened and entered it again. */
  private static final String REOPEN =
      """
      UPDATE version SET state = 'open', committed_at = NULL, recorded_sequence = NULL, modified_at = now()
      WHERE dataset = $1 AND id = $2 AND state = 'committing' AND committed_at = $3
      """;

  private static final String OUTPUT =
      """
      SELECT id FROM version
      WHERE dataset = $1 AND origin_run = $2 AND origin_job = $3 AND origin_output = $4
        AND state IN ('committing', 'committed')
      """;

  private static final String CHANGES =
      """
      SELECT path, deleted, size_bytes, kind, digest FROM staged_change
      WHERE dataset = $1 AND version = $2 AND path > $3 ORDER BY path LIMIT $4
      """;

  private static final String COMMITTED =
      """
      UPDATE version SET state = 'committed', digest = $3, files = $4, bytes = $5, commit_sequence = $6, modified_at = now()
      WHERE dataset = $1 AND id = $2
      """;

  private static final String LOCK_TAGS =
      "SELECT FROM tag WHERE dataset = $1 AND name = ANY ($2) ORDER BY name FOR UPDATE";

  private final Pool pool;

  CommitStore(Pool pool) {
    this.pool = pool;
  }

  /**
   * Open becomes committing, and everything that the record will say is fixed; none when it is not
   * open. Waits for every put that is just ending, since those hold the row too. Fails on {@code
   * version_one_output} when another version is this output.
   */
  Uni<Optional<Version>> enter(Transaction tx, VersionKey key, Optional<String> message) {
    return tx.preparedQuery(ENTER)
        .execute(
            VersionStore.parameters(key)
                .addString(message.orElse(null))
                .addString(Topic.DATASETS.topic()))
        .map(VersionStore::first);
  }

  /** Whether entering failed because another version is this one's output. */
  static boolean isOutputTaken(Throwable failure) {
    return failure instanceof PgException e && "version_one_output".equals(e.getConstraint());
  }

  /** Undoes {@link #enter}; does nothing when it is not, or not any more, what made it so. */
  Uni<Void> reopen(Version entered) {
    return pool.preparedQuery(REOPEN)
        .execute(
            VersionStore.parameters(entered.key())
                .addOffsetDateTime(entered.committedAt().orElseThrow().atOffset(ZoneOffset.UTC)))
        .replaceWithVoid();
  }

  /** Which version of {@code key}'s dataset is the output, if one is. */
  Uni<Optional<VersionKey>> output(VersionKey key, Origin origin) {
    return pool.preparedQuery(OUTPUT)
        .execute(
            Tuple.of(
                key.dataset().text(),
                origin.run().text(),
                origin.job().text(),
                origin.output().text()))
        .map(
            rows ->
                VersionStore.stream(rows)
                    .findFirst()
                    .map(row -> new VersionKey(key.dataset(), new VersionId(row.getString("id")))));
  }

  /** The next {@link #PAGE} staged changes in order of path; fewer are the last. */
  Uni<List<Change>> changes(VersionKey key, Optional<FilePath> after) {
    return pool.preparedQuery(CHANGES)
        .execute(
            VersionStore.parameters(key)
                .addString(after.map(FilePath::toString).orElse(""))
                .addInteger(PAGE))
        .map(rows -> VersionStore.stream(rows).map(CommitStore::change).toList());
  }

  Uni<Void> markCommitted(Transaction tx, VersionKey key, VersionRoot root, long sequence) {
    return tx.preparedQuery(COMMITTED)
        .execute(
            VersionStore.parameters(key)
                .addBuffer(Buffer.buffer(root.digest().toBytes()))
                .addLong(root.files())
                .addLong(root.bytes())
                .addLong(sequence))
        .replaceWithVoid();
  }

  /**
   * Locks those of {@code tags} that are there. Whoever sets a tag locks it before the dataset's
   * event sequence; who sets several must have them all before.
   */
  Uni<Void> lockTags(Transaction tx, DatasetId dataset, List<TagName> tags) {
    return tx.preparedQuery(LOCK_TAGS)
        .execute(
            Tuple.of(dataset.text())
                .addArrayOfString(tags.stream().map(TagName::text).toArray(String[]::new)))
        .replaceWithVoid();
  }

  /** Says that nothing is staged for a committed version any more. */
  Uni<Void> markCleared(VersionKey key) {
    return pool.preparedQuery(
            "UPDATE version SET staged = false WHERE dataset = $1 AND id = $2 AND state = 'committed'")
        .execute(VersionStore.parameters(key))
        .replaceWithVoid();
  }

  private static Change change(Row row) {
    FilePath path = FilePath.of(row.getString("path"));
    if (row.getBoolean("deleted")) {
      return Change.delete(path);
    }
    ContentId content =
        new ContentId(
            ContentKind.ofCode(row.getInteger("kind")),
            Sha256.ofBytes(row.getBuffer("digest").getBytes()));
    return Change.put(new FileEntry(path, row.getLong("size_bytes"), content));
  }
}
