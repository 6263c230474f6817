package io.moraine.volume.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.moraine.volume.reconcile.RunState;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** {@code moraine_runs{state}}: the runs that are not closed. */
@ApplicationScoped
class RunMetrics {
  private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(5);

  private final RunStore runs;
  private final MultiGauge gauge;
  private Cancellable counting;

  RunMetrics(RunStore runs, MeterRegistry metrics) {
    this.runs = runs;
    this.gauge = MultiGauge.builder("moraine.runs").register(metrics);
  }

  void start(@Observes StartupEvent start) {
    show(Map.of());
    counting =
        Multi.createFrom()
            .ticks()
            .every(BETWEEN_COUNTS)
            .onOverflow()
            .drop()
            .onItem()
            .transformToUniAndConcatenate(
                tick -> runs.count().invoke(this::show).onFailure().recoverWithNull())
            .subscribe()
            .with(counted -> {});
  }

  void stop(@Observes ShutdownEvent stop) {
    counting.cancel();
  }

  private void show(Map<RunState, Long> counts) {
    gauge.register(
        Arrays.stream(RunState.values())
            .map(
                state ->
                    MultiGauge.Row.of(
                        Tags.of("state", state.text()), counts.getOrDefault(state, 0L)))
            .toList(),
        true);
  }
}
