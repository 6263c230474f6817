package io.moraine.events.volume;

import io.moraine.events.Reasons;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.util.List;

/**
 * A run can never be made ready; each reason names the thing and the way out.
 *
 * @param reasons the first 30, cut to 4,096 characters each
 */
public record RunRejected(TeamId team, RunName run, List<String> reasons) implements VolumeEvent {
  public RunRejected {
    reasons = Reasons.fitting(reasons);
  }

  @Override
  public String key() {
    return run.text();
  }
}
