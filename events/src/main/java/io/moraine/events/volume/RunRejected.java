package io.moraine.events.volume;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.util.List;

/** A run can never be made ready; each reason names the thing and the way out. */
public record RunRejected(TeamId team, RunName run, List<String> reasons) implements VolumeEvent {
  @Override
  public String key() {
    return run.text();
  }
}
