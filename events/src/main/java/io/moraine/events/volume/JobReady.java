package io.moraine.events.volume;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.util.List;

/** Everything a job asked for is there: it may start. */
public record JobReady(TeamId team, RunName run, RunName job, int attempt, List<Mount> mounts)
    implements VolumeEvent {
  @Override
  public String key() {
    return run.text();
  }
}
