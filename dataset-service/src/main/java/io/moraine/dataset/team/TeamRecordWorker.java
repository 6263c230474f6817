package io.moraine.dataset.team;

import io.moraine.dataset.team.TeamStore.Unrecorded;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Writes the records of teams that nobody has needed yet. */
@ApplicationScoped
class TeamRecordWorker {
  private static final int PARALLEL = 1;

  private final WorkLoop<Unrecorded> loop;

  TeamRecordWorker(
      TeamRecords records, @ConfigProperty(name = "moraine.records.every") Duration every) {
    this.loop = new WorkLoop<>("team-records", PARALLEL, every, records::missing, records::write);
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
