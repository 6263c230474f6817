package io.moraine.dataset.ref;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

@ApplicationScoped
class RefStore {
  private static final int TAGS_SHOWN = 5;

  /** The dataset's row is there even when no version is. */
  private static final String RESOLVE =
      """
      SELECT d.team, d.id, d.name, d.provider, d.is_public, v.id AS version, v.state = 'committed' AS committed
      FROM dataset d LEFT JOIN LATERAL (%s) v ON true
      WHERE d.state = 'live'
      """;

  private static final String OWN = " AND d.team = $1 AND (d.id = $2 OR d.name = $2)";

  /** A name is never shaped like an id, so at most one row fits. */
  private static final String VISIBLE =
      " AND (d.team = $1 AND (d.id = $2 OR d.name = $2) OR d.is_public AND d.id = $2)";

  /** An id wins over a team that calls itself so. */
  private static final String NAMESPACE =
      "SELECT id FROM team WHERE id = $1 OR name = $1 ORDER BY id = $1 DESC LIMIT 1";

  private static final String LATEST =
      RESOLVE.formatted(
          """
          SELECT id, state FROM version WHERE dataset = d.id AND state = 'committed'
          ORDER BY commit_sequence DESC LIMIT 1
          """);
  private static final String EXACTLY =
      RESOLVE.formatted(
          "SELECT id, state FROM version WHERE dataset = d.id AND id = $3 AND state <> 'deleting'");
  private static final String TAGGED =
      RESOLVE.formatted(
          """
          SELECT w.id, w.state FROM tag t JOIN version w ON w.dataset = t.dataset AND w.id = t.version
          WHERE t.dataset = d.id AND t.name = $3 AND w.state = 'committed'
          """);
  private static final String PINNED =
      RESOLVE.formatted(
          """
          SELECT id, state FROM version WHERE dataset = d.id AND digest = $3 AND state = 'committed'
          ORDER BY commit_sequence DESC LIMIT 1
          """);

  /** Each with a slash, since that is what they are ordered by in front of a path. */
  private static final String NAMES =
      """
      SELECT name FROM (
        SELECT id AS name FROM version WHERE dataset = $1 AND state <> 'deleting'
        UNION ALL
        SELECT t.name FROM tag t JOIN version v ON v.dataset = t.dataset AND v.id = t.version
        WHERE t.dataset = $1 AND v.state = 'committed'
        UNION ALL
        SELECT 'latest' WHERE EXISTS (SELECT FROM version WHERE dataset = $1 AND state = 'committed')
      ) n
      WHERE (name || '/') COLLATE "C" >= $2 ORDER BY (name || '/') COLLATE "C" LIMIT $3
      """;

  private static final String TAGS =
      "SELECT name FROM tag WHERE dataset = $1 ORDER BY name LIMIT $2";

  /** What a ref names, as far as it is there. */
  record Named(
      TeamId owner, DatasetId dataset, boolean isPublic, Optional<ResolvedVersion> version) {}

  private final Pool database;

  RefStore(Pool database) {
    this.database = database;
  }

  /** Empty when the team has no such dataset. */
  Uni<Optional<Named>> find(TeamId team, String dataset, DatasetRef.Selector selector) {
    return find(OWN, team, dataset, selector);
  }

  /** As {@link #find}, but finds any public dataset by its id too. */
  Uni<Optional<Named>> findVisible(TeamId team, String dataset, DatasetRef.Selector selector) {
    return find(VISIBLE, team, dataset, selector);
  }

  /** The team that a namespace means: its id, or its name. */
  Uni<Optional<TeamId>> team(String namespace) {
    return database
        .preparedQuery(NAMESPACE)
        .execute(Tuple.of(namespace))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .findFirst()
                    .map(row -> new TeamId(row.getString("id"))));
  }

  private Uni<Optional<Named>> find(
      String where, TeamId team, String dataset, DatasetRef.Selector selector) {
    if (selector instanceof DatasetRef.Exactly exactly) {
      return query(EXACTLY + where, Tuple.of(team.text(), dataset, exactly.version().text()));
    }
    if (selector instanceof DatasetRef.Tagged tagged) {
      return query(TAGGED + where, Tuple.of(team.text(), dataset, tagged.tag().text()));
    }
    if (selector instanceof DatasetRef.Pinned pinned) {
      Buffer digest = Buffer.buffer(pinned.digest().toBytes());
      return query(PINNED + where, Tuple.of(team.text(), dataset, digest));
    }
    return query(LATEST + where, Tuple.of(team.text(), dataset));
  }

  /** What may stand after the dataset, in order of {@code name/}, from there on. */
  Uni<List<String>> names(DatasetId dataset, String from, int limit) {
    return database
        .preparedQuery(NAMES)
        .execute(Tuple.of(dataset.text(), from, limit))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> row.getString("name"))
                    .toList());
  }

  /** A few of the dataset's tags. */
  Uni<List<String>> someTags(DatasetId dataset) {
    return database
        .preparedQuery(TAGS)
        .execute(Tuple.of(dataset.text(), TAGS_SHOWN))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> row.getString("name"))
                    .toList());
  }

  private Uni<Optional<Named>> query(String sql, Tuple parameters) {
    return database.preparedQuery(sql).execute(parameters).map(RefStore::named);
  }

  private static Optional<Named> named(RowSet<Row> rows) {
    if (rows.size() == 0) {
      return Optional.empty();
    }
    Row row = rows.iterator().next();
    DatasetId dataset = new DatasetId(row.getString("id"));
    return Optional.of(
        new Named(
            new TeamId(row.getString("team")),
            dataset,
            row.getBoolean("is_public"),
            Optional.ofNullable(row.getString("version"))
                .map(
                    version ->
                        new ResolvedVersion(
                            new TeamId(row.getString("team")),
                            dataset,
                            new DatasetName(row.getString("name")),
                            new ProviderId(row.getString("provider")),
                            new VersionId(version),
                            row.getBoolean("committed")))));
  }
}
