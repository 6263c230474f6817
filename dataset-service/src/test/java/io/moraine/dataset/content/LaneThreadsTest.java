package io.moraine.dataset.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneThreadsTest {
  private static final Lane HANGING = new Lane("hanging", false);
  private static final Lane OTHER = new Lane("other", false);

  private final CountDownLatch end = new CountDownLatch(1);
  private final LaneThreads threads = new LaneThreads("lane-test", 2, 1, 2, 100);

  @AfterEach
  void close() {
    end.countDown();
    threads.close();
  }

  @Test
  void whatHangsInOneLaneHoldsUpNoOther() throws Exception {
    for (int i = 0; i < 50; i++) {
      threads.execute(HANGING, this::hang);
    }
    CountDownLatch others = new CountDownLatch(20);
    for (int i = 0; i < 10; i++) {
      threads.of(OTHER).execute(others::countDown);
      threads.of(Lane.MANAGED).execute(others::countDown);
    }

    assertThat(others.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void noLaneHasMoreThanItsShareAndEverythingIsDoneInOrder() throws Exception {
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Integer> done = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(60);
    for (int i = 0; i < 60; i++) {
      int number = i;
      threads.execute(
          OTHER,
          () -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            done.add(number); // one at a time, each after the other
            atOnce.decrementAndGet();
            all.countDown();
          });
    }

    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(most).hasValue(1);
    assertThat(done).isSorted().hasSize(60);
  }

  @Test
  void aTaskThatFailsGivesItsThreadBack() throws Exception {
    CountDownLatch after = new CountDownLatch(1);
    threads.execute(
        OTHER,
        () -> {
          throw new IllegalStateException("on purpose");
        });
    threads.execute(OTHER, after::countDown);

    assertThat(after.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void tooMuchThatWaitsIsRefused() {
    threads.execute(HANGING, this::hang);
    for (int i = 0; i < 100; i++) {
      threads.execute(HANGING, this::hang);
    }

    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> threads.execute(OTHER, this::hang));
  }

  private void hang() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
