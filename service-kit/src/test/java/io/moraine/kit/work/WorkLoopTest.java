package io.moraine.kit.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkLoopTest {
  private static final Duration NEVER = Duration.ofHours(1);

  private final Set<String> wanted = ConcurrentHashMap.newKeySet();

  @Test
  void whatIsWantedIsMadeSoOnce() {
    AtomicInteger made = new AtomicInteger();
    try (WorkLoop<String> loop = loop(NEVER, item -> done(item, made))) {
      wanted.add("a");
      loop.start();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(made).hasValue(1));

      wanted.add("b");
      loop.wake();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(made).hasValue(2));
    }
  }

  @Test
  void itLooksEveryNowAndThenWithoutBeingWoken() {
    AtomicInteger made = new AtomicInteger();
    try (WorkLoop<String> loop = loop(Duration.ofMillis(20), item -> done(item, made))) {
      loop.start();
      wanted.add("a");

      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(made).hasValue(1));
    }
  }

  @Test
  void noItemIsWorkedOnTwiceAtOnce() throws InterruptedException {
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger begun = new AtomicInteger();
    CountDownLatch may = new CountDownLatch(1);
    wanted.add("slow");
    try (WorkLoop<String> loop =
        loop(
            NEVER,
            item -> {
              begun.incrementAndGet();
              most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
              may.await();
              atOnce.decrementAndGet();
              wanted.remove(item);
            })) {
      loop.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(begun).hasPositiveValue());
      AtomicInteger other = new AtomicInteger();
      for (int i = 0; i < 10; i++) {
        loop.wake();
        assertThat(other.getAndIncrement()).isEqualTo(i);
      }
      may.countDown();
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(wanted).isEmpty());
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void whatFailsIsTriedAgainWhateverItThrew() {
    AtomicInteger tries = new AtomicInteger();
    wanted.add("a");
    try (WorkLoop<String> loop =
        loop(
            NEVER,
            item -> {
              int now = tries.incrementAndGet();
              if (now == 1) {
                throw new IllegalStateException("not yet");
              }
              if (now == 2) {
                throw new AssertionError("an Error neither");
              }
              wanted.remove(item);
            })) {
      loop.start();

      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(wanted).isEmpty());
      assertThat(tries).hasValue(3);
    }
  }

  @Test
  void oneThatFailsDoesNotKeepTheOthersBack() {
    AtomicInteger made = new AtomicInteger();
    wanted.addAll(List.of("bad", "good"));
    try (WorkLoop<String> loop =
        loop(
            NEVER,
            item -> {
              if (item.equals("bad")) {
                throw new IllegalStateException("never");
              }
              done(item, made);
            })) {
      loop.start();

      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(made).hasValue(1));
    }
  }

  @Test
  void aFailingLookIsRepeated() {
    AtomicInteger looks = new AtomicInteger();
    try (WorkLoop<String> loop =
        new WorkLoop<>(
            "test",
            1,
            Duration.ofMillis(20),
            () -> {
              if (looks.incrementAndGet() == 1) {
                throw new IllegalStateException("the database is away");
              }
              return List.of();
            },
            item -> {})) {
      loop.start();

      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(looks).hasValueGreaterThan(2));
    }
  }

  private WorkLoop<String> loop(Duration poll, WorkLoop.Work<String> work) {
    return new WorkLoop<>("test", 2, poll, () -> List.copyOf(wanted), work);
  }

  private void done(String item, AtomicInteger made) {
    made.incrementAndGet();
    wanted.remove(item);
  }
}
