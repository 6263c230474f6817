package io.moraine.dataset.run;

import io.moraine.dataset.lineage.LineageStore;
import io.moraine.dataset.workflow.WorkflowStore;
import io.moraine.events.volume.JobEnded;
import io.moraine.events.volume.JobReady;
import io.moraine.events.volume.RunRejected;
import io.moraine.events.volume.VolumeEvent;
import io.moraine.events.volume.VolumeFailed;
import io.moraine.events.volume.VolumeProvisioned;
import io.moraine.events.volume.VolumeReleased;
import io.moraine.kit.consume.EventConsumer;
import io.moraine.kit.consume.EventHandlers;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * Hears what volume-service says of runs. An event counts as heard once per service, so that what
 * it means for lineage and for workflows is written down in one transaction.
 */
@ApplicationScoped
class VolumesConsumer {
  private final EventConsumer consumer;
  private final LineageStore lineage;
  private final WorkflowStore workflows;
  private final EventHandlers<VolumeEvent> handlers;

  VolumesConsumer(EventConsumer consumer, LineageStore lineage, WorkflowStore workflows) {
    this.consumer = consumer;
    this.lineage = lineage;
    this.workflows = workflows;
    this.handlers =
        EventHandlers.of(VolumeEvent.class)
            .on(JobReady.class, this::ready)
            .on(JobEnded.class, this::ended)
            .on(RunRejected.class, workflows::rejected)
            .ignore(VolumeProvisioned.class, "its job is ready later, and says so")
            .ignore(VolumeReleased.class, "volumes have no versions, and runs do not show them")
            .ignore(VolumeFailed.class, "its run is refused then, or tried again")
            .build();
  }

  private Uni<Void> ready(Transaction tx, JobReady event) {
    return lineage.started(tx, event).chain(() -> workflows.ready(tx, event));
  }

  private Uni<Void> ended(Transaction tx, JobEnded event) {
    return lineage.ended(tx, event).chain(() -> workflows.ended(tx, event));
  }

  @Incoming("volumes")
  Uni<Void> hear(Message<byte[]> message) {
    return consumer.hear(message, handlers);
  }
}
