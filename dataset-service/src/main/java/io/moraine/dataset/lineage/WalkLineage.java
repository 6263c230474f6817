package io.moraine.dataset.lineage;

import io.moraine.dataset.ref.Refs;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/**
 * Walks the graph from a version: two statements for each step of depth and direction. What happens
 * meanwhile may be seen or not. Thread-safe; never blocks.
 */
@ApplicationScoped
class WalkLineage {
  private final Refs refs;
  private final LineageStore store;

  WalkLineage(Refs refs, LineageStore store) {
    this.refs = refs;
    this.store = store;
  }

  /**
   * The graph up to {@code depth} jobs away from a version that is named by the segments of a path;
   * one that was deleted is found by its ids as long as a job of the team read or wrote it.
   */
  Uni<Lineage> from(TeamId team, String dataset, String version, Direction direction, int depth) {
    return start(team, dataset, version)
        .chain(
            start -> {
              Walk walk = new Walk(start);
              return walk(team, walk, direction, depth).chain(() -> show(team, start, walk));
            });
  }

  private Uni<VersionNode.Key> start(TeamId team, String dataset, String version) {
    return refs.resolve(team, dataset, version)
        .map(found -> new VersionNode.Key(found.dataset(), found.version()))
        .onFailure(e -> e instanceof ProblemException problem && problem.problem().status() == 404)
        .recoverWithUni(missing -> gone(team, dataset, version, missing));
  }

  private Uni<VersionNode.Key> gone(
      TeamId team, String dataset, String version, Throwable missing) {
    Optional<VersionNode.Key> key = key(dataset, version);
    return key.isEmpty()
        ? Uni.createFrom().failure(missing)
        : store
            .knows(team, key.get())
            .chain(
                known ->
                    known ? Uni.createFrom().item(key.get()) : Uni.createFrom().failure(missing));
  }

  private static Optional<VersionNode.Key> key(String dataset, String version) {
    try {
      return Optional.of(new VersionNode.Key(new DatasetId(dataset), new VersionId(version)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Uni<Void> walk(TeamId team, Walk walk, Direction direction, int depth) {
    List<VersionNode.Key> start = walk.versions();
    return switch (direction) {
      case UP -> up(team, walk, start, depth);
      case DOWN -> down(team, walk, start, depth);
      case BOTH -> up(team, walk, start, depth).chain(() -> down(team, walk, start, depth));
    };
  }

  private Uni<Void> up(TeamId team, Walk walk, List<VersionNode.Key> from, int depth) {
    if (from.isEmpty() || depth == 0) {
      return Uni.createFrom().voidItem();
    }
    return store
        .writersOf(team, from, walk.room())
        .map(edges -> walk.jobsOf(edges, false))
        .chain(jobs -> store.readsOf(team, jobs, walk.room()))
        .map(edges -> walk.versionsOf(edges, true))
        .chain(next -> up(team, walk, next, depth - 1));
  }

  private Uni<Void> down(TeamId team, Walk walk, List<VersionNode.Key> from, int depth) {
    if (from.isEmpty() || depth == 0) {
      return Uni.createFrom().voidItem();
    }
    return store
        .readersOf(team, from, walk.room())
        .map(edges -> walk.jobsOf(edges, true))
        .chain(jobs -> store.writesOf(team, jobs, walk.room()))
        .map(edges -> walk.versionsOf(edges, false))
        .chain(next -> down(team, walk, next, depth - 1));
  }

  private Uni<Lineage> show(TeamId team, VersionNode.Key start, Walk walk) {
    return Uni.combine()
        .all()
        .unis(store.versions(team, walk.versions()), store.jobs(team, walk))
        .with(
            (versions, jobs) ->
                new Lineage(start.dataset(), start.version(), versions, jobs, walk.truncated()));
  }
}
