package io.moraine.dataset.dataset;

import io.moraine.dataset.provider.Provider;
import io.moraine.kit.condition.EntityTag;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Instant;
import java.util.Optional;

record DatasetRow(
    TeamId team,
    DatasetId id,
    DatasetName name,
    String description,
    ProviderId provider,
    Retention retention,
    boolean isPublic,
    Instant created,
    Instant modified) {
  static DatasetRow of(Row row) {
    return new DatasetRow(
        new TeamId(row.getString("team")),
        new DatasetId(row.getString("id")),
        new DatasetName(row.getString("name")),
        row.getString("description"),
        new ProviderId(row.getString("provider")),
        new Retention(
            Optional.ofNullable(row.getInteger("keep_last")),
            Optional.ofNullable(row.getInteger("keep_younger_than_days")),
            Optional.ofNullable(row.getBoolean("keep_tagged"))),
        row.getBoolean("is_public"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("modified_at").toInstant());
  }

  boolean isOf(TeamId who) {
    return team.equals(who);
  }

  /** As that of the dataset that is shown of it. */
  EntityTag entityTag() {
    return with(null).entityTag();
  }

  Dataset with(Provider shown) {
    return new Dataset(id, name, description, shown, retention, team, isPublic, created, modified);
  }
}
