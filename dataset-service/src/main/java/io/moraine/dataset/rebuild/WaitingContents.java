package io.moraine.dataset.rebuild;

import io.moraine.dataset.content.Location;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Contents that were found and are not recorded yet. They leave in batches of neighbours: digests
 * of one part of their range, so that what one statement inserts meets in few pages of the index,
 * and what several insert at once does not meet at all. Thread-safe.
 *
 * <p>Whoever adds some goes on to record batches until {@link #next} has none: not more than {@link
 * #MOST} wait then, some 20 MB.
 */
final class WaitingContents {
  /** Parts of the digests' range; a power of two. */
  static final int PARTS = 8;

  /** Rows that one statement records: some megabytes of parameters. */
  static final int BATCH = 16_384;

  static final int MOST = PARTS * BATCH;

  // Guarded by this.
  private final List<List<Location>> parts = new ArrayList<>();
  private int waiting;

  WaitingContents() {
    for (int i = 0; i < PARTS; i++) {
      parts.add(new ArrayList<>());
    }
  }

  synchronized void add(List<Location> found) {
    found.forEach(location -> parts.get(part(location)).add(location));
    waiting += found.size();
  }

  private static int part(Location location) {
    return Byte.toUnsignedInt(location.content().sha256().toBytes()[0]) * PARTS >> Byte.SIZE;
  }

  /** A batch of the part of which most wait, to be recorded now; none when few enough wait. */
  synchronized Optional<List<Location>> next() {
    return waiting > MOST ? Optional.of(take(fullest())) : Optional.empty();
  }

  /** Takes all that is left, in batches. */
  synchronized List<List<Location>> rest() {
    List<List<Location>> rest = new ArrayList<>();
    while (waiting > 0) {
      rest.add(take(fullest()));
    }
    return rest;
  }

  private List<Location> fullest() {
    return parts.stream().max(Comparator.comparingInt(List::size)).orElseThrow();
  }

  private List<Location> take(List<Location> part) {
    List<Location> last = part.subList(Math.max(0, part.size() - BATCH), part.size());
    List<Location> batch = List.copyOf(last);
    last.clear();
    waiting -= batch.size();
    return batch;
  }
}
