package io.moraine.cache.output;

import io.moraine.events.dataset.Origin;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;

/** Which output of which attempt of which job. */
record OutputKey(TeamId team, RunName run, RunName job, int attempt, RunName name) {
  Origin origin() {
    return new Origin(run, job, name, attempt);
  }

  @Override
  public String toString() {
    return "output %s of %s/%s, attempt %d".formatted(name, run, job, attempt);
  }
}
