package io.moraine.dataset.hold;

import io.moraine.dataset.ref.Refs;
import io.moraine.dataset.ref.ResolvedVersion;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** Takes, renews and ends holds. Thread-safe; never blocks. */
@ApplicationScoped
class Holds {
  /** The longest time between two renewals: what is forgotten is let go. */
  static final Duration LONGEST = Duration.ofDays(30);

  /** How often a ref is resolved again whose version was deleted in between. */
  private static final int RETRIES = 3;

  private final Refs refs;
  private final HoldStore store;

  Holds(Refs refs, HoldStore store) {
    this.refs = refs;
    this.store = store;
  }

  /**
   * Resolves {@code ref} and holds the version it names; again renews. The one statement that takes
   * the hold decides whether the version is still there: if it is not, the ref is resolved anew.
   */
  Uni<HeldVersion> hold(TeamId team, String ref, Holder holder, Duration time) {
    return Uni.createFrom()
        .deferred(() -> refs.visible(team, ref))
        .chain(version -> take(version, of(version, team, holder), time))
        .onFailure(Holds::isGone)
        .retry()
        .atMost(RETRIES);
  }

  private Uni<HeldVersion> take(ResolvedVersion version, Holder holder, Duration time) {
    if (!version.committed()) {
      return Uni.createFrom()
          .failure(new HoldProblem.NotCommitted(version.dataset(), version.version()).exception());
    }
    return store
        .hold(version, holder, time)
        .map(
            held ->
                held.orElseThrow(
                    () ->
                        new HoldProblem.VersionGone(version.dataset(), version.version())
                            .exception()));
  }

  /** Teams that hold the same public version do not know of one another's holders. */
  private static Holder of(ResolvedVersion version, TeamId team, Holder holder) {
    if (version.owner().equals(team)) {
      return holder;
    }
    try {
      return new Holder(team + ":" + holder.text());
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid("Of a public version, " + e.getMessage()).exception();
    }
  }

  /** Who holds the version, by name, after the one called {@code after}. */
  Uni<List<Hold>> of(TeamId team, String dataset, String version, String after, int most) {
    return refs.resolve(team, dataset, version)
        .chain(v -> store.live(v.dataset(), v.version(), after, most));
  }

  /** Lets go; no matter whether there was such a hold, or is such a version still. */
  Uni<Void> release(TeamId team, String dataset, String version, String holder) {
    return refs.visible(team, dataset, version)
        .chain(
            v ->
                store.release(
                    v.dataset(),
                    v.version(),
                    v.owner().equals(team) ? holder : team + ":" + holder))
        .onFailure(Holds::isNotThere)
        .recoverWithNull();
  }

  private static boolean isNotThere(Throwable failure) {
    return failure instanceof ProblemException e && e.problem().status() == 404;
  }

  private static boolean isGone(Throwable failure) {
    return failure instanceof ProblemException e && e.problem() instanceof HoldProblem.VersionGone;
  }
}
