package io.moraine.content.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.pack.PackWriter;
import io.moraine.content.transfer.RangePlan.Range;
import io.moraine.vocabulary.Sha256;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What packs and ranges are made of, whatever the contents are. */
class PlansTest {
  /** A content by its place among all. */
  private record Item(int place, int sizeBytes) {}

  private static List<List<Item>> plan(List<List<Item>> groups) {
    List<List<Item>> packs = new ArrayList<>();
    PackPlan<Item> plan = new PackPlan<>(packs::add);
    for (List<Item> group : groups) {
      group.forEach(item -> plan.add(item, item.sizeBytes()));
      plan.endGroup();
    }
    plan.finish();
    return packs;
  }

  private static List<List<Item>> groups(List<Integer> sizes, int groupItems) {
    List<Item> items = new ArrayList<>();
    for (int size : sizes) {
      items.add(new Item(items.size(), size));
    }
    return Portions.of(items, groupItems);
  }

  @Property(tries = 200)
  void packsHoldEverythingOnceInOrderAndFit(
      @ForAll @Size(max = 300) List<@IntRange(max = 1 << 20) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 80) int groupItems) {
    List<List<Item>> packs = plan(groups(sizes, groupItems));
    assertThat(packs.stream().flatMap(List::stream).map(Item::sizeBytes)).isEqualTo(sizes);
    assertThat(packs)
        .allSatisfy(
            pack ->
                assertThat(
                        PackWriter.holds(
                            pack.size(), pack.stream().mapToLong(Item::sizeBytes).sum()))
                    .isTrue());
  }

  @Property(tries = 200)
  void aPushWithoutSomePacksOfTheFirstMakesExactlyThese(
      @ForAll @Size(max = 300) List<@IntRange(min = 1 << 18, max = 1 << 20) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 80) int groupItems,
      @ForAll Set<@IntRange(max = 20) Integer> arrived) {
    List<List<Item>> groups = groups(sizes, groupItems);
    List<List<Item>> first = plan(groups);
    Set<Item> there = new HashSet<>();
    List<List<Item>> left = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      if (arrived.contains(i)) {
        there.addAll(first.get(i));
      } else {
        left.add(first.get(i));
      }
    }
    List<List<Item>> missing = new ArrayList<>();
    for (List<Item> group : groups) {
      missing.add(group.stream().filter(item -> !there.contains(item)).toList());
    }
    assertThat(plan(missing)).isEqualTo(left);
  }

  @Property(tries = 300)
  void rangesHoldEveryContentWithinBounds(
      @ForAll @Size(min = 1, max = 100) List<@IntRange(max = 3 << 20) Integer> sizes,
      @ForAll @Size(min = 100, max = 100) List<@IntRange(max = 300_000) Integer> gaps) {
    List<Located> contents = new ArrayList<>();
    long[] end = new long[3];
    for (int i = 0; i < sizes.size(); i++) {
      int object = i % 3;
      long offset = end[object] + gaps.get(i);
      end[object] = offset + sizes.get(i);
      Sha256 digest = Sha256.of(new byte[] {(byte) i});
      contents.add(
          new Located(
              new ContentId(ContentKind.BLOB, digest),
              new SignedGet(URI.create("http://bucket/" + object), Map.of()),
              offset,
              sizes.get(i)));
    }
    List<Range> ranges = RangePlan.of(contents);
    assertThat(ranges.stream().flatMap(range -> range.contents().stream()))
        .containsExactlyInAnyOrderElementsOf(contents);
    for (Range range : ranges) {
      assertThat(range.to() - range.from())
          .isLessThanOrEqualTo(Math.max(RangePlan.RANGE_BYTES, 3 << 20));
      long before = range.from();
      for (Located content : range.contents()) {
        assertThat(content.object()).isEqualTo(range.object());
        assertThat(content.offset() - before).isBetween(0L, (long) RangePlan.GAP_BYTES);
        before = content.end();
      }
      assertThat(before).isEqualTo(range.to());
    }
    assertThat(RangePlan.RANGE_BYTES).isLessThanOrEqualTo(Limits.OBJECT_BYTES);
  }
}
