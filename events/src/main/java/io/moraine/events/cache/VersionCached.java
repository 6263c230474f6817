package io.moraine.events.cache;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;

/**
 * A version stands whole and checked in the team's cache of a region.
 *
 * @param bytes of all its files
 * @param fetchedBytes that were not there before
 */
public record VersionCached(
    TeamId team,
    String region,
    DatasetId dataset,
    VersionId version,
    Sha256 digest,
    long files,
    long bytes,
    long fetchedBytes)
    implements CacheEvent {
  @Override
  public String key() {
    return dataset.text();
  }
}
