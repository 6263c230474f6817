package io.moraine.events.dataset;

import io.moraine.vocabulary.RunName;

/**
 * Which output of which run a version is. At most one version per (team, dataset, run, job, output)
 * is ever committed.
 *
 * @param attempt counts from 1
 */
public record Origin(RunName run, RunName job, RunName output, int attempt) {
  public Origin {
    if (run == null || job == null || output == null) {
      throw new IllegalArgumentException("An origin names its run, job and output.");
    }
    if (attempt < 1) {
      throw new IllegalArgumentException(
          "attempt " + attempt + " is not valid: attempts count from 1.");
    }
  }
}
