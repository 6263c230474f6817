package io.moraine.dataset.diff;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.time.Duration;

/** What this feature measures, from the start. Thread-safe. */
@Startup
@Singleton
class DiffMetrics {
  private final Timer timer;

  DiffMetrics(MeterRegistry metrics) {
    this.timer = metrics.timer("moraine.diff");
  }

  void took(long nanos) {
    timer.record(Duration.ofNanos(nanos));
  }
}
