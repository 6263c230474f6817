package io.moraine.cache.output;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.cache.CacheConfig;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputSpaceTest {
  private static final OutputKey FIRST = output("te000000000001", "first");
  private static final OutputKey SECOND = output("te000000000001", "second");
  private static final OutputKey THIRD = output("te000000000001", "third");
  private static final OutputKey ANOTHERS = output("te000000000002", "first");

  private final OutputSpace space = new OutputSpace(bound(1_000), null);

  @Test
  void whoFoundNoRoomIsTheNextToHaveSome() {
    space.take(FIRST, 600);
    assertThatThrownBy(() -> space.take(SECOND, 600)).hasMessageContaining("no room");
    assertThatThrownBy(() -> space.take(THIRD, 300)).hasMessageContaining("no room");
    assertThatCode(() -> space.take(ANOTHERS, 1_000)).doesNotThrowAnyException();

    space.giveBack(FIRST);

    assertThatThrownBy(() -> space.take(THIRD, 300)).hasMessageContaining("no room");
    assertThatCode(() -> space.take(SECOND, 600)).doesNotThrowAnyException();
    assertThatCode(() -> space.take(THIRD, 300)).doesNotThrowAnyException();
  }

  @Test
  void nobodyWaitsBehindWhoWillNotBeCopied() {
    space.take(FIRST, 600);
    assertThatThrownBy(() -> space.take(SECOND, 600)).hasMessageContaining("no room");

    space.leaveQueue(SECOND);

    assertThatCode(() -> space.take(THIRD, 300)).doesNotThrowAnyException();
  }

  @Test
  void whatIsLargerThanTheBoundIsRefusedForGood() {
    space.take(FIRST, 600);
    assertThatThrownBy(() -> space.take(FIRST, 401))
        .isInstanceOf(OutputSpace.TooLarge.class)
        .hasMessageContaining("more than 1,000 bytes");
  }

  private static OutputKey output(String team, String name) {
    return new OutputKey(new TeamId(team), new RunName("r"), RunName.MAIN, 1, new RunName(name));
  }

  private static CacheConfig bound(long bytes) {
    return new SmallRyeConfigBuilder()
        .withMapping(CacheConfig.class)
        .withDefaultValues(
            Map.of(
                "moraine.cache.root", "unused",
                "moraine.cache.region", "local",
                "moraine.cache.output-bytes", Long.toString(bytes)))
        .build()
        .getConfigMapping(CacheConfig.class);
  }
}
