package io.moraine.dataset.dataset;

import io.moraine.kit.work.WorkLoop;
import io.moraine.vocabulary.DatasetId;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Takes the last step of deletions that nobody waits for any more. */
@ApplicationScoped
class DatasetDeletionWorker {
  private static final int PARALLEL = 1;
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WorkLoop<DatasetId> loop;

  DatasetDeletionWorker(DeleteDataset deletion) {
    this.loop =
        new WorkLoop<>(
            "dataset-deletion",
            PARALLEL,
            POLL,
            () -> deletion.due().await().atMost(PATIENCE),
            dataset -> deletion.finish(dataset).await().atMost(PATIENCE));
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
