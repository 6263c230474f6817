package io.moraine.kit.problem;

import java.util.Map;

/** One refusal. Implemented by records, one per kind, beside the feature that refuses. */
public interface Problem {
  /** The HTTP status. */
  int status();

  /**
   * A stable name below {@code urn:moraine:problem:}, for example {@code version/files-missing}.
   */
  String type();

  /** What, which, why, and what to do; shown to people as it is. */
  String detail();

  /** Further members of the answer. */
  default Map<String, Object> members() {
    return Map.of();
  }

  /** This problem, thrown. */
  default ProblemException exception() {
    return new ProblemException(this);
  }
}
