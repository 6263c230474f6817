package io.moraine.dataset.run;

import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.RunRejected;
import io.moraine.events.volume.VolumeEvent;
import io.moraine.events.volume.VolumeFailed;
import io.moraine.events.volume.VolumeProvisioned;
import io.moraine.events.volume.VolumeReleased;
import io.moraine.kit.consume.EventConsumer;
import io.moraine.kit.consume.EventHandlers;
import io.quarkus.arc.All;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Hears what volume-service says of runs. */
@ApplicationScoped
class VolumesConsumer {
  private final EventConsumer consumer;
  private final List<RunFollower> followers;
  private final EventHandlers<VolumeEvent> handlers;

  VolumesConsumer(EventConsumer consumer, @All List<RunFollower> followers) {
    this.consumer = consumer;
    this.followers = followers;
    this.handlers =
        EventHandlers.of(VolumeEvent.class)
            .on(JobReady.class, (tx, event) -> each(follower -> follower.ready(tx, event)))
            .on(JobEnded.class, (tx, event) -> each(follower -> follower.ended(tx, event)))
            .on(RunRejected.class, (tx, event) -> each(follower -> follower.rejected(tx, event)))
            .ignore(VolumeProvisioned.class, "its job is ready later, and says so")
            .ignore(VolumeReleased.class, "volumes have no versions, and runs do not show them")
            .ignore(VolumeFailed.class, "its run is refused then, or tried again")
            .build();
  }

  /** One after the other: they share a transaction. */
  private Uni<Void> each(Function<RunFollower, Uni<Void>> write) {
    return Multi.createFrom()
        .iterable(followers)
        .onItem()
        .transformToUniAndConcatenate(write::apply)
        .collect()
        .asList()
        .replaceWithVoid();
  }

  @Incoming("volumes")
  Uni<Void> hear(Message<byte[]> message) {
    return consumer.hear(message, handlers);
  }
}
