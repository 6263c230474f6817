package io.moraine.events.volume;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/**
 * A volume could not be made.
 *
 * @param volume its id
 * @param name of the output it serves in its run
 */
public record VolumeFailed(
    TeamId team, String volume, RunName run, RunName job, RunName name, String reason)
    implements VolumeEvent {
  @Override
  public String key() {
    return run.text();
  }
}
