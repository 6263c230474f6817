package io.moraine.cache.version;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;

/** Which version of which team. */
public record VersionKey(TeamId team, DatasetId dataset, VersionId version) {
  @Override
  public String toString() {
    return dataset + ":" + version;
  }
}
