package io.moraine.dataset.content;

/**
 * What every statement has to do that refers to contents or records them, as SQL to put into it
 * (ADR 0009, rules 1 and 4): the one place where that is written down.
 */
public final class ContentRules {
  /**
   * CTEs that follow one called {@code needed} with columns {@code kind, digest} and any others:
   * {@code found} is {@code needed} with the columns {@code stored_bytes} and {@code condemned_at}
   * of the row of each, which is a reference where the store has no copy ({@code referred}), {@code
   * missing} are the ones without a row. Whatever is found condemned is not any more. The argument
   * is the store. Looks up one row after the other whatever the planner thinks: it knows nothing
   * about arrays.
   */
  private static final String NEEDED =
      """
      found AS MATERIALIZED (
        SELECT n.*, coalesce(c.size_bytes, r.size_bytes) AS stored_bytes,
          coalesce(c.condemned_at, r.condemned_at) AS condemned_at, r.size_bytes IS NOT NULL AS referred
        FROM needed n
        LEFT JOIN LATERAL (
          SELECT size_bytes, condemned_at FROM content
          WHERE store = %1$s AND kind = n.kind AND digest = n.digest LIMIT 1
        ) c ON true
        LEFT JOIN LATERAL (
          SELECT size_bytes, condemned_at FROM content_reference
          WHERE c.size_bytes IS NULL AND store = %1$s AND kind = n.kind AND digest = n.digest LIMIT 1
        ) r ON true
      ), condemned_reference AS MATERIALIZED (
        SELECT kind, digest FROM content_reference
        WHERE store = %1$s AND condemned_at IS NOT NULL
          AND (kind, digest) IN (SELECT kind, digest FROM found WHERE referred AND condemned_at IS NOT NULL)
        ORDER BY kind, digest FOR UPDATE
      ), revived_reference AS (
        UPDATE content_reference c SET condemned_at = NULL FROM condemned_reference x
        WHERE c.store = %1$s AND c.kind = x.kind AND c.digest = x.digest
        RETURNING c.kind, c.digest
      ), condemned AS MATERIALIZED (
        SELECT kind, digest FROM content
        WHERE store = %1$s AND condemned_at IS NOT NULL
          AND (kind, digest) IN (SELECT kind, digest FROM found WHERE condemned_at IS NOT NULL)
        ORDER BY kind, digest FOR UPDATE
      ), revived AS (
        UPDATE content c SET condemned_at = NULL FROM condemned x
        WHERE c.store = %1$s AND c.kind = x.kind AND c.digest = x.digest
        RETURNING c.kind, c.digest
      ), missing AS (
        SELECT DISTINCT kind, digest FROM found f
        WHERE stored_bytes IS NULL
          OR condemned_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM revived r WHERE r.kind = f.kind AND r.digest = f.digest)
            AND NOT EXISTS (SELECT FROM revived_reference r WHERE r.kind = f.kind AND r.digest = f.digest)
      )
      """;

  /**
   * What an INSERT into {@code content}, ordered by kind and digest, does with rows that are there:
   * nothing, unless they are condemned. Those were missing for whoever asked and put them again, so
   * they are there, where they were put.
   */
  public static final String ON_CONFLICT =
      """
      ON CONFLICT (store, kind, digest) DO UPDATE
        SET object = excluded.object, offset_bytes = excluded.offset_bytes, size_bytes = excluded.size_bytes,
            file_sha256 = coalesce(excluded.file_sha256, content.file_sha256), condemned_at = NULL
        WHERE content.condemned_at IS NOT NULL
      """;

  /**
   * A statement that ends the deletion of objects which nobody has begun to delete yet, or began so
   * long ago that nobody does any more: a crash was in between. Whoever takes one back looks at the
   * object afterwards, or puts it. The arguments are the store and the objects, an array.
   */
  private static final String TAKE_BACK =
      """
      DELETE FROM object_deletion WHERE store = %s AND object = ANY (%s)
        AND (claimed_at IS NULL OR claimed_at <= now() - interval '15 minutes')
      """;

  /**
   * CTEs for recording what lies in objects: deletions that nobody has begun are ended, {@code
   * going} are the objects whose deletion has begun, in which nothing may be recorded: they were
   * looked at too long ago. They are locked, so that it is known and does not change. The arguments
   * are the store and the objects, an array.
   */
  private static final String TAKE_BACK_OR_LEAVE =
      """
      deletion AS MATERIALIZED (
        SELECT object, claimed_at FROM object_deletion
        WHERE store = %1$s AND object = ANY (%2$s) ORDER BY object FOR UPDATE
      ), taken_back AS (
        DELETE FROM object_deletion d USING deletion x
        WHERE d.store = %1$s AND d.object = x.object AND x.claimed_at IS NULL
      ), going AS (
        SELECT object FROM deletion WHERE claimed_at IS NOT NULL
      )
      """;

  private ContentRules() {}

  /** The CTEs {@code found}, {@code condemned}, {@code revived} and {@code missing}. */
  public static String needed(String store) {
    return NEEDED.formatted(store);
  }

  /** Ends deletions of objects that are about to be put, or looked at. */
  public static String takeBack(String store, String objects) {
    return TAKE_BACK.formatted(store, objects);
  }

  /** The CTEs {@code deletion}, {@code taken_back} and {@code going}. */
  public static String takeBackOrLeave(String store, String objects) {
    return TAKE_BACK_OR_LEAVE.formatted(store, objects);
  }
}
