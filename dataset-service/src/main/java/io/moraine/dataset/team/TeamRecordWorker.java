package io.moraine.dataset.team;

import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.team.TeamStore.Unrecorded;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Tells buckets of the teams that keep contents in them. A team's record never changes. */
@ApplicationScoped
class TeamRecordWorker {
  private static final int PARALLEL = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TeamStore store;
  private final Buckets buckets;
  private final WorkLoop<Unrecorded> loop;

  TeamRecordWorker(
      TeamStore store,
      Buckets buckets,
      @ConfigProperty(name = "moraine.records.every") Duration every) {
    this.store = store;
    this.buckets = buckets;
    this.loop =
        new WorkLoop<>(
            "team-records",
            PARALLEL,
            every,
            () -> store.unrecorded().await().atMost(PATIENCE),
            this::write);
  }

  private void write(Unrecorded team) {
    Store place = new Store(team.id(), team.record().provider());
    buckets.of(place).put(Buckets.keys(place).team(), team.record().encode());
    store.markRecorded(team.id()).await().atMost(PATIENCE);
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
