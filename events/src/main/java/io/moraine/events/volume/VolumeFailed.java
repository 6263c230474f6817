package io.moraine.events.volume;

import io.moraine.events.Reasons;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/**
 * A volume could not be made.
 *
 * @param volume its id
 * @param name of the output it serves in its run
 * @param reason cut to 4,096 characters
 */
public record VolumeFailed(
    TeamId team, String volume, RunName run, RunName job, RunName name, String reason)
    implements VolumeEvent {
  public VolumeFailed {
    reason = Reasons.fitting(reason);
  }

  @Override
  public String key() {
    return run.text();
  }
}
