package io.moraine.dataset.content;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** What gates before buckets did, from the start at nought. Thread-safe. */
@Startup
@Singleton
class BucketMetrics {
  private final Counter opened;
  private final Counter down;
  private final Counter busy;

  BucketMetrics(MeterRegistry metrics) {
    this.opened = metrics.counter("moraine.provider.outages");
    this.down = metrics.counter("moraine.provider.refusals", "reason", "down");
    this.busy = metrics.counter("moraine.provider.refusals", "reason", "busy");
  }

  void opened() {
    opened.increment();
  }

  void refusedDown() {
    down.increment();
  }

  void refusedBusy() {
    busy.increment();
  }
}
