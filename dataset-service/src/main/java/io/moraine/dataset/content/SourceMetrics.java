package io.moraine.dataset.content;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** What was seen of objects that contents are read from, from the start at nought. Thread-safe. */
@Startup
@Singleton
class SourceMetrics {
  private final Counter looks;
  private final Counter changed;

  SourceMetrics(MeterRegistry metrics) {
    this.looks = metrics.counter("moraine.sources.looks");
    this.changed = metrics.counter("moraine.sources.changed");
  }

  void looked() {
    looks.increment();
  }

  void changed() {
    changed.increment();
  }
}
