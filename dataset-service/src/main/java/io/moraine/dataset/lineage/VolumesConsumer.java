package io.moraine.dataset.lineage;

import io.moraine.events.volume.JobEnded;
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

/** Hears which versions jobs read and wrote. */
@ApplicationScoped
class VolumesConsumer {
  private final EventConsumer consumer;
  private final EventHandlers<VolumeEvent> handlers;

  VolumesConsumer(EventConsumer consumer, LineageStore store) {
    this.consumer = consumer;
    this.handlers =
        EventHandlers.of(VolumeEvent.class)
            .on(JobReady.class, store::started)
            .on(JobEnded.class, store::ended)
            .ignore(RunRejected.class, "its jobs read nothing")
            .ignore(VolumeProvisioned.class, "volumes have no versions")
            .ignore(VolumeReleased.class, "volumes have no versions")
            .ignore(VolumeFailed.class, "volumes have no versions")
            .build();
  }

  @Incoming("volumes")
  Uni<Void> hear(Message<byte[]> message) {
    return consumer.hear(message, handlers);
  }
}
