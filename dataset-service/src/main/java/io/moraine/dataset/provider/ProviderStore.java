package io.moraine.dataset.provider;

import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

@ApplicationScoped
class ProviderStore {
  /** More than any team has; a list is never longer. */
  static final int MOST = 1_000;

  private static final String FIND =
      "SELECT id, type, name FROM provider WHERE team = $1 AND id = $2";
  private static final String MANAGED =
      "SELECT id, type, name FROM provider WHERE team = $1 AND managed";
  private static final String LIST =
      "SELECT id, type, name FROM provider WHERE team = $1 ORDER BY %s LIMIT $2 OFFSET $3";

  record Stored(ProviderId id, String type, String name) {}

  private final Pool database;

  ProviderStore(Pool database) {
    this.database = database;
  }

  Uni<Optional<Stored>> find(TeamId team, String id) {
    return database
        .preparedQuery(FIND)
        .execute(Tuple.of(team.text(), id))
        .map(rows -> stored(rows).findFirst());
  }

  Uni<Stored> managed(TeamId team) {
    return database
        .preparedQuery(MANAGED)
        .execute(Tuple.of(team.text()))
        .map(rows -> stored(rows).findFirst().orElseThrow());
  }

  /** {@code orderBy} is SQL of our own making. */
  Uni<List<Stored>> list(TeamId team, String orderBy, int limit, int skip) {
    return database
        .preparedQuery(LIST.formatted(orderBy))
        .execute(Tuple.of(team.text(), limit, skip))
        .map(rows -> stored(rows).toList());
  }

  private static Stream<Stored> stored(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(
            row ->
                new Stored(
                    new ProviderId(row.getString("id")),
                    row.getString("type"),
                    row.getString("name")));
  }
}
