package io.moraine.events.cache;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;

/**
 * A version left the team's cache of a region; it is still in its bucket unless it was deleted
 * there.
 */
public record VersionEvicted(
    TeamId team, String region, DatasetId dataset, VersionId version, long bytes)
    implements CacheEvent {
  @Override
  public String key() {
    return dataset.text();
  }
}
