package io.moraine.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(100);
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void asksUntilThereIsAnAnswerThroughFailuresThatMayPass() throws Exception {
    Optional<Integer> answer =
        Patience.await(
            LONG,
            () -> {
              int time = asked.incrementAndGet();
              if (time == 1) {
                throw CallFailed.unanswered("down", null);
              }
              if (time == 2) {
                throw CallFailed.refused(503, "not yet");
              }
              return time < 5 ? Optional.empty() : Optional.of(time);
            });

    assertThat(answer).contains(5);
  }

  @Test
  void aRefusalIsTheAnswer() {
    assertThatThrownBy(
            () ->
                Patience.await(
                    LONG,
                    () -> {
                      asked.incrementAndGet();
                      throw CallFailed.refused(401, "unknown key");
                    }))
        .isInstanceOf(CallFailed.class)
        .hasMessage("unknown key");
    assertThat(asked).hasValue(1);
  }

  @Test
  void doesNotWaitForEver() throws Exception {
    assertThat(Patience.await(SHORT, Optional::empty)).isEmpty();
    assertThatThrownBy(
            () ->
                Patience.await(
                    SHORT,
                    () -> {
                      throw CallFailed.unanswered("down", null);
                    }))
        .hasMessage("down");
  }

  @Test
  void anInterruptEndsTheWaiting() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> Patience.await(LONG, Optional::empty))
        .isInstanceOf(InterruptedException.class);
  }
}
