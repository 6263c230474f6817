package io.moraine.dataset.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.dataset.content.Location;
import io.moraine.vocabulary.Sha256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WaitingContentsTest {
  private static final int FOUND_AT_ONCE = 50_000;

  private final Random random = new Random(1);

  @Test
  void everyContentLeavesOnceAndInBatchesOfNeighbours() {
    WaitingContents waiting = new WaitingContents();
    Set<Location> found = new HashSet<>();
    List<List<Location>> batches = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      List<Location> more = random.ints(FOUND_AT_ONCE).mapToObj(n -> location()).toList();
      found.addAll(more);
      waiting.add(more);
      batches.addAll(due(waiting));
    }

    assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSize(WaitingContents.BATCH));
    List<List<Location>> rest = waiting.rest();
    assertThat(rest.stream().mapToInt(List::size).sum())
        .isBetween(WaitingContents.MOST - WaitingContents.BATCH, WaitingContents.MOST);
    batches.addAll(rest);
    assertThat(batches)
        .allSatisfy(
            batch ->
                assertThat(batch.stream().map(WaitingContentsTest::part).distinct()).hasSize(1));
    assertThat(batches.stream().mapToInt(List::size).sum()).isEqualTo(found.size());
    assertThat(batches.stream().flatMap(List::stream).collect(Collectors.toSet())).isEqualTo(found);
    assertThat(waiting.rest()).isEmpty();
  }

  @Test
  void aBatchIsBoundedHoweverManyNeighboursThereAre() {
    WaitingContents waiting = new WaitingContents();
    Location one = location();
    waiting.add(Collections.nCopies(WaitingContents.MOST, one));
    assertThat(due(waiting)).as("as many as may wait").isEmpty();

    waiting.add(List.of(one));

    assertThat(due(waiting)).singleElement().asList().hasSize(WaitingContents.BATCH);
    assertThat(waiting.rest())
        .extracting(List::size)
        .containsExactlyInAnyOrder(
            Stream.concat(
                    Stream.generate(() -> WaitingContents.BATCH).limit(WaitingContents.PARTS - 1),
                    Stream.of(1))
                .toArray(Integer[]::new));
  }

  private static List<List<Location>> due(WaitingContents waiting) {
    return Stream.generate(waiting::next)
        .takeWhile(Optional::isPresent)
        .map(Optional::orElseThrow)
        .toList();
  }

  private Location location() {
    byte[] digest = new byte[Sha256.BYTES];
    random.nextBytes(digest);
    return new Location(
        new ContentId(ContentKind.BLOB, Sha256.ofBytes(digest)), "object", 0, 1, Optional.empty());
  }

  private static int part(Location location) {
    int first = Integer.parseInt(location.content().sha256().hex().substring(0, 2), 16);
    return first / (256 / WaitingContents.PARTS);
  }
}
