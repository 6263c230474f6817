package io.moraine.volume.driver;

import io.moraine.vocabulary.RunName;
import io.moraine.volume.mount.RunKey;
import java.util.Objects;

/**
 * Which temporary volume: an output of a job. What a driver makes is named by this alone, so that
 * making it again after a crash finds it.
 */
public record VolumeName(RunKey run, RunName job, RunName output) {
  public VolumeName {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(output, "output");
  }

  @Override
  public String toString() {
    return "volume " + output + " of job " + job + " of " + run;
  }
}
