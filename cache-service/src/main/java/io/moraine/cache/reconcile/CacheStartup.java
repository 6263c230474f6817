package io.moraine.cache.reconcile;

import io.moraine.cache.link.DatasetLinks;
import io.moraine.cache.link.LinkWorker;
import io.moraine.cache.output.OutputWorker;
import io.moraine.cache.output.ReconcileOutputs;
import io.moraine.cache.version.EvictWorker;
import io.moraine.cache.version.FillWorker;
import io.moraine.cache.version.ReconcileVersions;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;

/** Reconciles, then starts the workers. */
@ApplicationScoped
class CacheStartup {
  void begin(
      @Observes StartupEvent start,
      ReconcileVersions versions,
      FillWorker fills,
      EvictWorker evictions,
      DatasetLinks links,
      LinkWorker linkWorker,
      ReconcileOutputs outputs,
      OutputWorker outputWorker)
      throws IOException {
    versions.reconcile();
    outputs.reconcile();
    links.reconcile();
    fills.start();
    evictions.start();
    linkWorker.start();
    outputWorker.start();
  }
}
