package io.moraine.content.transfer;

import java.util.AbstractList;
import java.util.List;

/** A list in consecutive parts of at most so many items, for requests that take no more. */
final class Portions {
  private Portions() {}

  static <T> List<List<T>> of(List<T> all, int most) {
    return new AbstractList<>() {
      @Override
      public List<T> get(int index) {
        int from = Math.multiplyExact(index, most);
        return all.subList(from, Math.min(all.size(), from + most));
      }

      @Override
      public int size() {
        return (all.size() + most - 1) / most;
      }
    };
  }
}
