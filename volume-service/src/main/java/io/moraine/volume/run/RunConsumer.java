package io.moraine.volume.run;

import io.moraine.events.cache.CacheEvent;
import io.moraine.events.cache.OutputCommitted;
import io.moraine.events.cache.OutputFailed;
import io.moraine.events.cache.VersionCached;
import io.moraine.events.cache.VersionEvicted;
import io.moraine.events.run.JobFinished;
import io.moraine.events.run.JobStarted;
import io.moraine.events.run.RunAnnouncement;
import io.moraine.events.run.RunCancelled;
import io.moraine.events.run.RunEvent;
import io.moraine.events.run.RunFinished;
import io.moraine.events.run.RunHeartbeat;
import io.moraine.events.run.RunQueued;
import io.moraine.events.run.RunStarted;
import io.moraine.kit.consume.EventConsumer;
import io.moraine.kit.consume.EventHandlers;
import io.moraine.kit.database.Transaction;
import io.moraine.volume.mount.RunKey;
import io.moraine.volume.reconcile.ReconcileWorker;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Hears of runs, and of what the cache did for them. */
@ApplicationScoped
class RunConsumer {
  private final EventConsumer events;
  private final RunStore runs;
  private final RunTrust trust;
  private final ReconcileWorker reconcile;
  private final String region;
  private final EventHandlers<RunEvent> runEvents;
  private final EventHandlers<CacheEvent> cacheEvents;

  RunConsumer(
      EventConsumer events,
      RunStore runs,
      RunTrust trust,
      ReconcileWorker reconcile,
      @ConfigProperty(name = "MORAINE_REGION", defaultValue = "local") String region) {
    this.events = events;
    this.runs = runs;
    this.trust = trust;
    this.reconcile = reconcile;
    this.region = region;
    this.runEvents =
        EventHandlers.of(RunEvent.class)
            .on(RunQueued.class, (tx, e) -> announce(tx, new RunKey(e.team(), e.run()), e))
            .on(RunStarted.class, (tx, e) -> announce(tx, new RunKey(e.team(), e.run()), e))
            .on(JobFinished.class, runs::jobFinished)
            .on(RunFinished.class, runs::runFinished)
            .ignore(JobStarted.class, "a job that is ready may start whenever it likes")
            .ignore(RunHeartbeat.class, "runs are not reaped yet")
            .ignore(RunCancelled.class, "its engine ends it, and tells so by RunFinished")
            .build();
    this.cacheEvents =
        EventHandlers.of(CacheEvent.class)
            .on(VersionCached.class, runs::lookAgain)
            .on(OutputCommitted.class, (tx, e) -> lookAgain(tx, new RunKey(e.team(), e.run())))
            .on(OutputFailed.class, (tx, e) -> lookAgain(tx, new RunKey(e.team(), e.run())))
            .ignore(VersionEvicted.class, "what a run pins is not evicted")
            .build();
  }

  @Incoming("runs")
  Uni<Void> run(Message<byte[]> message) {
    return events.hear(message, runEvents, trust).invoke(reconcile::wake);
  }

  @Incoming("cache")
  Uni<Void> cache(Message<byte[]> message) {
    return events.hear(message, cacheEvents).invoke(reconcile::wake);
  }

  /** Another region's volume-service prepares another region's runs. */
  private Uni<Void> announce(Transaction tx, RunKey run, RunAnnouncement announcement) {
    return announcement.region().equals(region)
        ? runs.announce(tx, run, announcement)
        : Uni.createFrom().voidItem();
  }

  private Uni<Void> lookAgain(Transaction tx, RunKey run) {
    return runs.lookAgain(tx, run);
  }
}
