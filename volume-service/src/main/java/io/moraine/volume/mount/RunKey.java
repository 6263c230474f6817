package io.moraine.volume.mount;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.util.Objects;

/** Which run: engines of different teams may use the same name. */
public record RunKey(TeamId team, RunName run) {
  public RunKey {
    Objects.requireNonNull(team, "team");
    Objects.requireNonNull(run, "run");
  }

  @Override
  public String toString() {
    return "run " + run + " of " + team;
  }
}
