package io.moraine.content.transfer;

import io.moraine.content.format.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which contents are read by one request: those of one object that lie close to one
 * another. A gap costs its bytes, a request its round trip; a range is held in memory whole.
 */
final class RangePlan {
  /** As many needless bytes take less time than another request. */
  static final int GAP_BYTES = 128 << 10;

  /** Ranges beyond this are cut between two contents, so that several travel at once. */
  static final int RANGE_BYTES = Limits.OBJECT_BYTES / 4;

  /** Contents from {@code from} to {@code to} (exclusive) of an object, in order. */
  record Range(SignedGet object, long from, long to, List<Located> contents) {
    int sizeBytes() {
      return Math.toIntExact(to - from);
    }
  }

  private RangePlan() {}

  /** Ranges that hold all of {@code contents}; contents without bytes need no request. */
  static List<Range> of(List<Located> contents) {
    Map<SignedGet, List<Located>> objects = new LinkedHashMap<>();
    for (Located content : contents) {
      objects.computeIfAbsent(content.object(), object -> new ArrayList<>()).add(content);
    }
    List<Range> ranges = new ArrayList<>();
    for (List<Located> object : objects.values()) {
      object.sort(Comparator.comparingLong(Located::offset).thenComparingLong(Located::end));
      cut(object, ranges);
    }
    return ranges;
  }

  private static void cut(List<Located> sorted, List<Range> into) {
    int first = 0;
    long end = sorted.get(0).end();
    for (int i = 1; i < sorted.size(); i++) {
      Located next = sorted.get(i);
      long from = sorted.get(first).offset();
      if (next.offset() - end > GAP_BYTES || next.end() - from > RANGE_BYTES) {
        into.add(range(sorted.subList(first, i), end));
        first = i;
        end = next.end();
      }
      end = Math.max(end, next.end());
    }
    into.add(range(sorted.subList(first, sorted.size()), end));
  }

  private static Range range(List<Located> contents, long end) {
    Located first = contents.get(0);
    return new Range(first.object(), first.offset(), end, List.copyOf(contents));
  }
}
