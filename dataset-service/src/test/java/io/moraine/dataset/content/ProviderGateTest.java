package io.moraine.dataset.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.moraine.content.store.BucketGate.Passage;
import io.moraine.content.store.ObjectStoreException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProviderGateTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  @Test
  void aBucketThatDoesNotAnswerIsNotAskedForAWhile() {
    ProviderGate gate = gate(4, 0, LONG);
    for (boolean answered : List.of(false, true, false, true)) {
      gate.enter().leave(answered);
    }
    assertThat(gate.isDown()).isFalse();

    gate.enter().leave(false);

    assertThat(gate.isDown()).isTrue();
    assertThatExceptionOfType(ObjectStoreException.class)
        .isThrownBy(gate::enter)
        .withMessageContaining("provider x")
        .matches(ObjectStoreException::isRetryable)
        .matches(e -> e.bucket().equals("provider x"));
    assertThat(metrics.counter("moraine.provider.outages").count()).isOne();
    assertThat(metrics.counter("moraine.provider.refusals", "reason", "down").count()).isOne();
  }

  @Test
  void thenOneRequestTriesAndItsEndDecides() {
    ProviderGate gate = gate(4, 0, Duration.ZERO);
    IntStream.range(0, 3).forEach(i -> gate.enter().leave(false));
    assertThat(gate.isDown()).isFalse();

    Passage trial = gate.enter();
    assertThatExceptionOfType(ObjectStoreException.class).isThrownBy(gate::enter);
    trial.leave(false);
    gate.enter().leave(true);

    Passage one = gate.enter();
    Passage two = gate.enter();
    one.leave(true);
    two.leave(true);
  }

  @Test
  void moreThanPassAndWaitAreRefusedAtOnce() {
    ProviderGate gate = gate(2, 0, LONG);
    Passage one = gate.enter();
    Passage two = gate.enter();

    assertThatExceptionOfType(ObjectStoreException.class)
        .isThrownBy(gate::enter)
        .withMessageContaining("as many requests under way as it gets at once, 2");
    one.leave(true);
    gate.enter().leave(true);
    two.leave(true);
    assertThat(metrics.counter("moraine.provider.refusals", "reason", "busy").count()).isOne();
  }

  private ProviderGate gate(int atOnce, int waiting, Duration retryAfter) {
    return new ProviderGate(
        "provider x",
        new ProviderGate.Limits(atOnce, waiting, Duration.ofSeconds(30), 3, 6, retryAfter),
        new BucketMetrics(metrics));
  }
}
