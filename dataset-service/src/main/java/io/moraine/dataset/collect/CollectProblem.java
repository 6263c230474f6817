package io.moraine.dataset.collect;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.ProviderId;

/** Why garbage is not collected, or not counted. */
sealed interface CollectProblem extends Problem {
  record UnderWay(ProviderId store) implements CollectProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "collection/under-way";
    }

    @Override
    public String detail() {
      return "%s is being collected already; what it finds is in the metrics. Try again later."
          .formatted(store);
    }
  }

  record UnknownVersion(ProviderId store, String version) implements CollectProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "collection/unknown-version";
    }

    @Override
    public String detail() {
      return "The bucket of %s has the committed version %s, which the database does not know: nothing is collected. Restore a younger database, or rebuild it from the bucket."
          .formatted(store, version);
    }
  }
}
