package io.moraine.dataset.ref;

import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.DatasetRef.Selector;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/**
 * Resolves refs, in one round trip. What it answers held at that moment: a version may be deleted
 * the moment after, so whoever relies on one holds it, or locks its row. Thread-safe; never blocks.
 */
@ApplicationScoped
public class Refs {
  private final RefStore store;

  Refs(RefStore store) {
    this.store = store;
  }

  /**
   * The version that a user's ref names. Fails with 400 when it is no ref, and with 404 that says
   * what is missing, the dataset or the version. Only the team's own: for whatever changes
   * something.
   */
  public Uni<ResolvedVersion> resolve(TeamId team, DatasetRef ref) {
    return ref.namespace().isPresent()
        ? Uni.createFrom().failure(noDataset(ref.namespace().get() + "/" + ref.dataset()))
        : find(team, ref.dataset(), ref.selector());
  }

  /**
   * As {@link #resolve(TeamId, DatasetRef)}, but finds public datasets of other teams too, for
   * whatever only reads: {@code namespace/name}, the namespace being a team's id or name, or their
   * id. Of those only committed versions are there.
   */
  public Uni<ResolvedVersion> visible(TeamId team, String ref) {
    return visible(team, parse(ref));
  }

  /** As {@link #visible(TeamId, String)}. */
  public Uni<ResolvedVersion> visible(TeamId team, DatasetRef ref) {
    String name = ref.namespace().map(n -> n + "/").orElse("") + ref.dataset();
    return ref.namespace()
        .map(namespace -> published(team, namespace, ref))
        .orElseGet(() -> store.findVisible(team, ref.dataset(), ref.selector()))
        .map(found -> found.map(named -> withoutDrafts(team, named)))
        .chain(found -> require(found, name, ref.selector()));
  }

  /** As {@link #resolve(TeamId, String, String)}, of what {@link #visible} finds. */
  public Uni<ResolvedVersion> visible(TeamId team, String dataset, String version) {
    try {
      DatasetRef.Selector selector = DatasetRef.selector(version);
      return store
          .findVisible(team, dataset, selector)
          .map(found -> found.map(named -> withoutDrafts(team, named)))
          .chain(found -> require(found, dataset, selector));
    } catch (IllegalArgumentException e) {
      return Uni.createFrom().failure(noVersion(dataset, version));
    }
  }

  private Uni<Optional<RefStore.Named>> published(TeamId team, String namespace, DatasetRef ref) {
    return store
        .team(namespace)
        .chain(
            owner ->
                owner
                    .map(o -> store.find(o, ref.dataset(), ref.selector()))
                    .orElseGet(() -> Uni.createFrom().item(Optional.empty())))
        .map(found -> found.filter(named -> named.isPublic() || named.owner().equals(team)));
  }

  /** What another team has not committed is its own business. */
  private static RefStore.Named withoutDrafts(TeamId team, RefStore.Named named) {
    return named.owner().equals(team)
        ? named
        : new RefStore.Named(
            named.owner(),
            named.dataset(),
            named.isPublic(),
            named.version().filter(ResolvedVersion::committed));
  }

  /**
   * The version that two segments of a path name: a dataset's id or name, and a version, a tag or
   * {@code latest}. Fails with 404 when either is missing, or could not be one.
   */
  public Uni<ResolvedVersion> resolve(TeamId team, String dataset, String version) {
    try {
      return find(team, dataset, DatasetRef.selector(version));
    } catch (IllegalArgumentException e) {
      return Uni.createFrom().failure(noVersion(dataset, version));
    }
  }

  /**
   * The names by which versions of {@code dataset} are found: ids, of open ones too, tags, and
   * {@code latest}. In the order of their bytes when each has a slash behind it, and from such a
   * one on: as they come in front of paths.
   */
  public Uni<List<String>> names(DatasetId dataset, String from, int limit) {
    return store.names(dataset, from, limit);
  }

  private Uni<ResolvedVersion> find(TeamId team, String dataset, Selector selector) {
    return store.find(team, dataset, selector).chain(found -> require(found, dataset, selector));
  }

  private Uni<ResolvedVersion> require(
      Optional<RefStore.Named> found, String dataset, Selector selector) {
    if (found.isEmpty()) {
      return Uni.createFrom().failure(noDataset(dataset));
    }
    RefStore.Named named = found.get();
    return named
        .version()
        .map(version -> Uni.createFrom().item(version))
        .orElseGet(() -> missingVersion(named, dataset, selector));
  }

  /** Looks for what there is instead. */
  private Uni<ResolvedVersion> missingVersion(
      RefStore.Named named, String dataset, Selector selector) {
    Uni<Optional<VersionId>> latest =
        store
            .find(named.owner(), named.dataset().text(), new DatasetRef.Latest())
            .map(found -> found.flatMap(RefStore.Named::version).map(ResolvedVersion::version));
    return Uni.combine()
        .all()
        .unis(latest, store.someTags(named.dataset()))
        .asTuple()
        .chain(
            known ->
                Uni.createFrom()
                    .failure(
                        new RefProblem.NoSuchVersion(
                                dataset,
                                selector.toString(),
                                known.getItem1().map(VersionId::text),
                                known.getItem2())
                            .exception()));
  }

  private static DatasetRef parse(String ref) {
    try {
      return DatasetRef.parse(ref);
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid("This is no ref: " + e.getMessage()).exception();
    }
  }

  private static RuntimeException noVersion(String dataset, String version) {
    return new RequestProblem.NotFound("version", dataset + ":" + version).exception();
  }

  private static RuntimeException noDataset(String dataset) {
    return new RequestProblem.NotFound("dataset", dataset).exception();
  }
}
