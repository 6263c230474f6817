package io.moraine.dataset.record;

import io.moraine.content.store.ObjectKeys;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.record.RecordStore.Current;
import io.moraine.dataset.record.RecordStore.Due;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Writes the records that are due, and deletes those they replace. */
@ApplicationScoped
class RecordWorker {
  private static final int PARALLEL = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RecordStore store;
  private final Buckets buckets;
  private final WorkLoop<Due> loop;

  RecordWorker(
      RecordStore store,
      Buckets buckets,
      @ConfigProperty(name = "moraine.records.every") Duration every) {
    this.store = store;
    this.buckets = buckets;
    this.loop =
        new WorkLoop<>(
            "dataset-records",
            PARALLEL,
            every,
            () -> store.due(buckets.down()).await().atMost(PATIENCE),
            this::write);
  }

  private void write(Due due) {
    Optional<Current> current = store.read(due.dataset()).await().atMost(PATIENCE);
    ObjectStore bucket = buckets.of(due.store());
    ObjectKeys keys = Buckets.keys(due.store());
    if (current.isPresent()) {
      String key = keys.dataset(due.dataset(), current.get().sequence());
      bucket.put(key, current.get().record().encode());
      FaultPoint.reached("record.put");
      deleteBefore(bucket, keys.datasets(due.dataset()), key);
    } else if (bucket.size(keys.tombstone(due.dataset())).isPresent()) {
      deleteBefore(bucket, keys.datasets(due.dataset()), keys.datasets(due.dataset()) + "~");
    }
    store.done(due).await().atMost(PATIENCE);
  }

  private static void deleteBefore(ObjectStore bucket, String prefix, String end) {
    Iterator<Listed> records = bucket.list(prefix);
    while (records.hasNext()) {
      String key = records.next().key();
      if (key.compareTo(end) < 0) {
        bucket.delete(key);
      }
    }
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
