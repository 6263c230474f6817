package io.moraine.cli.run;

import java.util.List;
import java.util.Map;

/** What a job's process finds in its environment. */
final class JobEnvironment {
  /** Below these every mount has its path. */
  static final List<String> TOP_DIRECTORIES = List.of("/inputs", "/outputs", "/storage");

  private JobEnvironment() {}

  /**
   * Adds where the mounts are, and removes the user's API key: a job reads and writes through its
   * mounts, and its code is not always the user's.
   */
  static void set(Map<String, String> environment, JobRoot root) {
    environment.remove("MORAINE_API_KEY");
    environment.put("MORAINE_INPUTS", root.seen("/inputs").toString());
    environment.put("MORAINE_OUTPUTS", root.seen("/outputs").toString());
    environment.put("MORAINE_STORAGE", root.seen("/storage").toString());
  }
}
