package io.moraine.events.cache;

import io.moraine.events.Reasons;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/**
 * What a job wrote to an output can never be committed; the reason names the file or thing at
 * fault.
 *
 * @param reason cut to 4,096 characters
 */
public record OutputFailed(
    TeamId team, RunName run, RunName job, int attempt, RunName output, String reason)
    implements CacheEvent {
  public OutputFailed {
    reason = Reasons.fitting(reason);
  }

  @Override
  public String key() {
    return run.text();
  }
}
