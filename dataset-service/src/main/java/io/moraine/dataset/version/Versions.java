package io.moraine.dataset.version;

import io.moraine.dataset.ref.Refs;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds versions for whoever may see them. Thread-safe, never blocks. */
@ApplicationScoped
public class Versions {
  private final Refs refs;
  private final VersionStore store;

  Versions(Refs refs, VersionStore store) {
    this.refs = refs;
    this.store = store;
  }

  /**
   * The version of {@code team}, its own, that {@code ref} means, open ones and those being
   * committed included when they are named by id. Fails with a 404 that says what is missing.
   */
  public Uni<Version> find(TeamId team, DatasetRef ref) {
    return refs.resolve(team, ref)
        .chain(named -> get(new VersionKey(named.dataset(), named.version())));
  }

  /**
   * As {@link #find}, but finds committed versions of other teams' public datasets too: for
   * whatever only reads. The version's store says whose it is.
   */
  public Uni<Version> visible(TeamId team, DatasetRef ref) {
    return refs.visible(team, ref)
        .chain(named -> get(new VersionKey(named.dataset(), named.version())));
  }

  /** The version of this key; one that was deleted since it was named is a 404. */
  public Uni<Version> get(VersionKey key) {
    return store
        .find(key)
        .map(
            found ->
                found
                    .filter(version -> version.state() != VersionState.DELETING)
                    .orElseThrow(
                        () -> new RequestProblem.NotFound("version", key.toString()).exception()));
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

  /** As {@link #ref(String, String)}, of a public dataset. */
  public static DatasetRef ref(String namespace, String dataset, String version) {
    try {
      return new DatasetRef(Optional.of(namespace), dataset, DatasetRef.selector(version));
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid(e.getMessage()).exception();
    }
  }

  /**
   * As {@link #ref(String, String)}, but only a version's id will do: changes are not made through
   * names that move.
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
