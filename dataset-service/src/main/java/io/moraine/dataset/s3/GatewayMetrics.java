package io.moraine.dataset.s3;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.gaul.s3proxy.S3Operation;

/** What the gateway counts, from the start. Thread-safe. */
@Startup
@Singleton
class GatewayMetrics {
  private static final String REQUESTS = "moraine.gateway.requests";

  /** Refused before it was known what was wanted. */
  private static final String NONE = "None";

  private final MeterRegistry metrics;

  GatewayMetrics(MeterRegistry metrics) {
    this.metrics = metrics;
    count(NONE, "4xx", 0);
  }

  /**
   * @param operation that was asked for; null if it never came to that
   */
  void answered(S3Operation operation, int status) {
    count(operation == null ? NONE : operation.getValue(), status / 100 + "xx", 1);
  }

  private void count(String operation, String status, int times) {
    metrics.counter(REQUESTS, "operation", operation, "status", status).increment(times);
  }
}
