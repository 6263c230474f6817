package io.moraine.dataset.upload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** What this feature counts, from the start. Thread-safe. */
@Startup
@Singleton
class UploadMetrics {
  private final Counter signed;
  private final Counter bytes;
  private final Counter packsVerified;

  UploadMetrics(MeterRegistry metrics) {
    this.signed = metrics.counter("moraine.uploads.signed");
    this.bytes = metrics.counter("moraine.uploads.bytes");
    this.packsVerified = metrics.counter("moraine.packs.verified");
  }

  void signed() {
    signed.increment();
  }

  void registered(long objectBytes) {
    bytes.increment(objectBytes);
  }

  void packVerified() {
    packsVerified.increment();
  }
}
