package io.moraine.cache.link;

import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The table {@code dataset_link}. */
@ApplicationScoped
class LinkStore {
  private final Pool database;

  LinkStore(Pool database) {
    this.database = database;
  }

  Uni<Void> wish(Transaction tx, TeamId team, DatasetId dataset) {
    return tx.preparedQuery(
            """
            INSERT INTO dataset_link AS l (team, dataset) VALUES ($1, $2)
            ON CONFLICT (team, dataset) DO UPDATE SET wished = l.wished + 1
            """)
        .execute(Tuple.of(team.text(), dataset.text()))
        .replaceWithVoid();
  }

  /** Every dataset's links are to be looked at again. */
  Uni<Void> wishAll() {
    return database
        .preparedQuery("UPDATE dataset_link SET wished = wished + 1")
        .execute()
        .replaceWithVoid();
  }

  /** Those that were never tried, then those that were tried longest ago. */
  Uni<List<WishedLinks.Due>> due(int most) {
    return database
        .preparedQuery(
            """
            SELECT team, dataset FROM dataset_link WHERE wished > made
            ORDER BY tried_at NULLS FIRST LIMIT $1
            """)
        .execute(Tuple.of(most))
        .map(rows -> StreamSupport.stream(rows.spliterator(), false).map(LinkStore::due).toList());
  }

  Uni<Optional<WishedLinks>> find(TeamId team, DatasetId dataset) {
    return database
        .preparedQuery(
            "SELECT team, dataset, name, wished FROM dataset_link WHERE team = $1 AND dataset = $2")
        .execute(Tuple.of(team.text(), dataset.text()))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false).map(LinkStore::wished).findFirst());
  }

  /** Notes under which name the links will be, before any is made. */
  Uni<Void> rename(WishedLinks links, DatasetName name) {
    return database
        .preparedQuery("UPDATE dataset_link SET name = $3 WHERE team = $1 AND dataset = $2")
        .execute(Tuple.of(links.team().text(), links.dataset().text(), name.text()))
        .replaceWithVoid();
  }

  /** What was wished when {@code links} was read is made. */
  Uni<Void> made(WishedLinks links) {
    return database
        .preparedQuery(
            """
            UPDATE dataset_link SET made = greatest(made, $3), tried_at = NULL
            WHERE team = $1 AND dataset = $2
            """)
        .execute(Tuple.of(links.team().text(), links.dataset().text(), links.wished()))
        .replaceWithVoid();
  }

  /** There will be no links any more, unless they were wished again since. */
  Uni<Void> forget(WishedLinks links) {
    return database
        .preparedQuery("DELETE FROM dataset_link WHERE team = $1 AND dataset = $2 AND wished = $3")
        .execute(Tuple.of(links.team().text(), links.dataset().text(), links.wished()))
        .replaceWithVoid();
  }

  /** It failed: others go first. */
  Uni<Void> tried(WishedLinks.Due links) {
    return database
        .preparedQuery("UPDATE dataset_link SET tried_at = now() WHERE team = $1 AND dataset = $2")
        .execute(Tuple.of(links.team().text(), links.dataset().text()))
        .replaceWithVoid();
  }

  private static WishedLinks.Due due(Row row) {
    return new WishedLinks.Due(
        new TeamId(row.getString("team")), new DatasetId(row.getString("dataset")));
  }

  private static WishedLinks wished(Row row) {
    return new WishedLinks(
        new TeamId(row.getString("team")),
        new DatasetId(row.getString("dataset")),
        Optional.ofNullable(row.getString("name")).map(DatasetName::new),
        row.getLong("wished"));
  }
}
