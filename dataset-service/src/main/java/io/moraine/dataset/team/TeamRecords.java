package io.moraine.dataset.team;

import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.team.TeamStore.Unrecorded;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/**
 * What buckets say of the teams that keep contents in them: without it, an empty database would not
 * know whose those are. A team's record never changes. Blocking, thread-safe, repeatable.
 */
@ApplicationScoped
public class TeamRecords {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TeamStore store;
  private final Buckets buckets;

  TeamRecords(TeamStore store, Buckets buckets) {
    this.store = store;
    this.buckets = buckets;
  }

  /** Sees to it that the team's bucket knows it, before anything is promised to last. */
  public void require(TeamId team) {
    store.unrecorded(team).await().atMost(PATIENCE).ifPresent(this::write);
  }

  List<Unrecorded> missing() {
    return store.unrecorded().await().atMost(PATIENCE);
  }

  void write(Unrecorded team) {
    Store place = new Store(team.id(), team.record().provider());
    buckets.of(place).put(Buckets.keys(place).team(), team.record().encode());
    store.markRecorded(team.id()).await().atMost(PATIENCE);
  }
}
