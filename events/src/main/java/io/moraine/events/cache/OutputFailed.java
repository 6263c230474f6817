package io.moraine.events.cache;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/**
 * What a job wrote to an output can never be committed; the reason names the file or thing at
 * fault.
 */
public record OutputFailed(
    TeamId team, RunName run, RunName job, int attempt, RunName output, String reason)
    implements CacheEvent {
  @Override
  public String key() {
    return run.text();
  }
}
