package io.moraine.dataset.imports;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this feature counts, from the start. Thread-safe. */
@Startup
@Singleton
class ImportMetrics {
  private final Map<ImportState, Counter> ends;
  private final Counter bytes;

  ImportMetrics(MeterRegistry metrics) {
    this.ends =
        Stream.of(ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED)
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(),
                    end -> metrics.counter("moraine.imports", "end", end.text())));
    this.bytes = metrics.counter("moraine.imports.bytes");
  }

  void ended(ImportState end) {
    ends.get(end).increment();
  }

  void read(long sourceBytes) {
    bytes.increment(sourceBytes);
  }
}
