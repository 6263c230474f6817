package io.moraine.dataset.team;

import io.moraine.content.store.TeamRecord;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

@ApplicationScoped
class TeamStore {
  /** The provider comes with the team, in one statement: no team is ever seen without. */
  private static final String INSERT =
      """
      WITH born AS (
        INSERT INTO team (id, name, operator) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO NOTHING RETURNING id
      )
      INSERT INTO provider (id, team, name, managed)
      SELECT $4, id, 'Gradient Managed', true FROM born
      """;

  /** As it was recorded: with its id and its provider's. */
  private static final String TAKE_OVER =
      """
      WITH born AS (
        INSERT INTO team (id, name, operator, recorded) VALUES ($1, $2, $3, true) ON CONFLICT DO NOTHING RETURNING id
      )
      INSERT INTO provider (id, team, name, managed) SELECT $4, id, $5, true FROM born
      """;

  private static final String UNRECORDED =
      """
      SELECT t.id, t.name, t.operator, p.id AS provider, p.name AS provider_name
      FROM team t JOIN provider p ON p.team = t.id AND p.managed
      WHERE NOT t.recorded AND ($1::text IS NULL OR t.id = $1) LIMIT 100
      """;

  private static final String BY_ID = "SELECT id, name, operator FROM team WHERE id = $1";
  private static final String BY_NAME = "SELECT id, name, operator FROM team WHERE name = $1";

  /** A team, and what its bucket is to say of it. */
  record Unrecorded(TeamId id, TeamRecord record) {}

  private final Pool database;

  TeamStore(Pool database) {
    this.database = database;
  }

  /** Whether it was made: not when its name is taken. */
  Uni<Boolean> insert(Transaction tx, Team team) {
    return tx.preparedQuery(INSERT)
        .execute(
            Tuple.of(team.id().text(), team.name(), team.operator(), ProviderId.random().text()))
        .map(rows -> rows.rowCount() == 1);
  }

  Uni<Boolean> any() {
    return database.query("SELECT FROM team LIMIT 1").execute().map(rows -> rows.size() > 0);
  }

  /** Makes a team that a bucket remembers, unless it is there. */
  Uni<Void> takeOver(Transaction tx, TeamId id, TeamRecord record) {
    return tx.preparedQuery(TAKE_OVER)
        .execute(
            Tuple.of(
                id.text(),
                record.name(),
                record.operator(),
                record.provider().text(),
                record.providerName()))
        .replaceWithVoid();
  }

  /** Up to 100 teams that their bucket does not know yet. */
  Uni<List<Unrecorded>> unrecorded() {
    return selectUnrecorded(Optional.empty());
  }

  /** The team, unless its bucket knows it. */
  Uni<Optional<Unrecorded>> unrecorded(TeamId id) {
    return selectUnrecorded(Optional.of(id)).map(found -> found.stream().findFirst());
  }

  private Uni<List<Unrecorded>> selectUnrecorded(Optional<TeamId> id) {
    return database
        .preparedQuery(UNRECORDED)
        .execute(Tuple.of(id.map(TeamId::text).orElse(null)))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(TeamStore::unrecorded)
                    .toList());
  }

  Uni<Void> markRecorded(TeamId id) {
    return database
        .preparedQuery("UPDATE team SET recorded = true WHERE id = $1")
        .execute(Tuple.of(id.text()))
        .replaceWithVoid();
  }

  Uni<Optional<Team>> find(TeamId id) {
    return database
        .preparedQuery(BY_ID)
        .execute(Tuple.of(id.text()))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false).findFirst().map(TeamStore::team));
  }

  Uni<Team> named(Transaction tx, String name) {
    return tx.preparedQuery(BY_NAME)
        .execute(Tuple.of(name))
        .map(rows -> team(rows.iterator().next()));
  }

  private static Unrecorded unrecorded(Row row) {
    return new Unrecorded(
        new TeamId(row.getString("id")),
        new TeamRecord(
            row.getString("name"),
            row.getBoolean("operator"),
            new ProviderId(row.getString("provider")),
            row.getString("provider_name")));
  }

  private static Team team(Row row) {
    return new Team(
        new TeamId(row.getString("id")), row.getString("name"), row.getBoolean("operator"));
  }
}
