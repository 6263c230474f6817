package io.moraine.events.volume;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/**
 * A temporary volume and what was in it are gone.
 *
 * @param volume its id
 * @param name of the output it serves in its run
 */
public record VolumeReleased(TeamId team, String volume, RunName run, RunName job, RunName name)
    implements VolumeEvent {
  @Override
  public String key() {
    return run.text();
  }
}
