package io.moraine.dataset.workflow;

import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.RunRejected;
import io.moraine.events.volume.VolumeEvent;
import io.moraine.events.volume.VolumeFailed;
import io.moraine.events.volume.VolumeProvisioned;
import io.moraine.events.volume.VolumeReleased;
import io.moraine.kit.consume.EventConsumer;
import io.moraine.kit.consume.EventHandlers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Hears what volume-service says of our runs. */
@ApplicationScoped
class WorkflowConsumer {
  private final EventConsumer events;
  private final EventHandlers<VolumeEvent> handlers;

  WorkflowConsumer(EventConsumer events, WorkflowStore store) {
    this.events = events;
    this.handlers =
        EventHandlers.of(VolumeEvent.class)
            .on(JobReady.class, store::ready)
            .on(RunRejected.class, store::rejected)
            .ignore(VolumeProvisioned.class, "its job is ready later, and says so")
            .ignore(VolumeReleased.class, "a run does not show its volumes")
            .ignore(VolumeFailed.class, "its run is refused then, or tried again")
            .build();
  }

  @Incoming("volumes")
  Uni<Void> volume(Message<byte[]> message) {
    return events.hear(message, handlers);
  }
}
