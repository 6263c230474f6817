package io.moraine.cache.version;

import io.moraine.kit.problem.Problem;

/** What is refused about cached versions. */
sealed interface VersionProblem extends Problem {
  /** It can be pinned once it is committed. */
  record NotCommitted(VersionKey key) implements VersionProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "cache/version-not-committed";
    }

    @Override
    public String detail() {
      return "%s is not committed, and only committed versions are cached. Commit it first."
          .formatted(key);
    }
  }

  /** Nobody wants it in this cache. */
  record NotWanted(VersionKey key) implements VersionProblem {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String type() {
      return "cache/version-not-wanted";
    }

    @Override
    public String detail() {
      return ("%s is not in your team's cache, nor on its way there. PUT"
              + " /cache/versions/%s/%s/pins/{holder} brings it there.")
          .formatted(key, key.dataset(), key.version());
    }
  }
}
