package io.moraine.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.events.cache.OutputCommitted;
import io.moraine.events.cache.VersionCached;
import io.moraine.events.volume.VolumeReleased;
import io.moraine.testkit.blackbox.EventLog;
import io.moraine.testkit.blackbox.RunningStack;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a newcomer does first. */
class DemoTest {
  @Test
  void theDemoRunsTheMainJobTwice() {
    RunningStack stack = SystemStack.up();
    for (int time = 1; time <= 2; time++) {
      RunningStack.Result demo = stack.moraine("demo");
      assertThat(demo.exitCode()).as(demo.out()).isZero();
      assertThat(demo.out()).contains("nearest centroid of 10 labels");
      assertThat(demo.out())
          .as("no progress bars where there is no terminal")
          .doesNotContain("\u001b", "\r");
    }
    try (EventLog log = new EventLog(stack.settings())) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                assertThat(log.of(OutputCommitted.class)).hasSizeGreaterThanOrEqualTo(2);
                assertThat(log.of(VolumeReleased.class)).hasSizeGreaterThanOrEqualTo(2);
                assertThat(log.of(VersionCached.class))
                    .anyMatch(e -> e.files() >= 2000 && e.fetchedBytes() * 20 < e.bytes());
              });
      assertThat(log.unreadable()).isEmpty();
    }
  }
}
