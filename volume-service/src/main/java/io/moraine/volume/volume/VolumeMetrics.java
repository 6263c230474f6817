package io.moraine.volume.volume;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** {@code moraine_volumes{phase}}: the volumes that are not gone. */
@ApplicationScoped
class VolumeMetrics {
  private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(5);

  private final VolumeStore volumes;
  private final MultiGauge gauge;
  private Cancellable counting;

  VolumeMetrics(VolumeStore volumes, MeterRegistry metrics) {
    this.volumes = volumes;
    this.gauge = MultiGauge.builder("moraine.volumes").register(metrics);
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
                tick -> volumes.count().invoke(this::show).onFailure().recoverWithNull())
            .subscribe()
            .with(counted -> {});
  }

  void stop(@Observes ShutdownEvent stop) {
    counting.cancel();
  }

  private void show(Map<VolumePhase, Long> counts) {
    gauge.register(
        Arrays.stream(VolumePhase.values())
            .map(
                phase ->
                    MultiGauge.Row.of(
                        Tags.of("phase", phase.text()), counts.getOrDefault(phase, 0L)))
            .toList(),
        true);
  }
}
