package io.moraine.dataset.provider;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** What probes came to, from the start at nought. Thread-safe. */
@Startup
@Singleton
class ProviderMetrics {
  private final Counter passed;
  private final Counter failed;

  ProviderMetrics(MeterRegistry metrics) {
    this.passed = metrics.counter("moraine.provider.probes", "end", "passed");
    this.failed = metrics.counter("moraine.provider.probes", "end", "failed");
  }

  void probed(boolean well) {
    (well ? passed : failed).increment();
  }
}
