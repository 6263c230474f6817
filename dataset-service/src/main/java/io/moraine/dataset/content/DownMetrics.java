package io.moraine.dataset.content;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** Shows how many buckets are down, the installation's own among them. */
@Startup
@Singleton
class DownMetrics {
  DownMetrics(MeterRegistry metrics, Buckets buckets) {
    Gauge.builder("moraine.providers.down", buckets, Buckets::countDown).register(metrics);
  }
}
