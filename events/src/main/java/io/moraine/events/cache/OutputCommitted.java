package io.moraine.events.cache;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;

/** What a job wrote to an output is a committed version, exactly once. */
public record OutputCommitted(
    TeamId team,
    RunName run,
    RunName job,
    int attempt,
    RunName output,
    DatasetId dataset,
    VersionId version,
    Sha256 digest)
    implements CacheEvent {
  @Override
  public String key() {
    return run.text();
  }
}
