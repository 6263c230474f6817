package io.moraine.dataset.version;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.DatasetRef.Selector;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds versions for whoever may see them. Thread-safe, never blocks. */
@ApplicationScoped
public class Versions {
  private final Datasets datasets;
  private final VersionStore store;

  Versions(Datasets datasets, VersionStore store) {
    this.datasets = datasets;
    this.store = store;
  }

  /**
   * The version of {@code team} that {@code ref} means, open ones and those being committed
   * included when they are named by id. Fails with a 404 that says what is missing.
   */
  public Uni<Version> find(TeamId team, DatasetRef ref) {
    return store
        .find(team, ref)
        .chain(
            found ->
                found
                    .map(version -> Uni.createFrom().item(version))
                    .orElseGet(() -> missing(team, ref.dataset(), ref.selector())));
  }

  /** Fails with the 404 for a dataset, when there is none, else for its version. */
  private <T> Uni<T> missing(TeamId team, String dataset, Selector selector) {
    return datasets
        .id(team, dataset)
        .chain(
            () ->
                Uni.createFrom()
                    .failure(
                        new RequestProblem.NotFound("version", dataset + ":" + selector)
                            .exception()));
  }

  /**
   * Reads the segments of a path as a ref. What could be the name of nothing is refused (400) with
   * the rule it breaks.
   */
  public static DatasetRef ref(String dataset, String version) {
    try {
      return new DatasetRef(Optional.empty(), dataset, DatasetRef.selector(version));
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid(e.getMessage()).exception();
    }
  }

  /**
   * As {@link #ref}, but only a version's id will do: changes are not made through names that move.
   */
  public static DatasetRef exactRef(String dataset, String version) {
    DatasetRef ref = ref(dataset, version);
    if (ref.selector() instanceof DatasetRef.Exactly) {
      return ref;
    }
    throw new RequestProblem.Invalid(
            "\"" + version + "\" is a name that may move. Name the version by its id to change it.")
        .exception();
  }
}
