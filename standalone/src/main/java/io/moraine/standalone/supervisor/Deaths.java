package io.moraine.standalone.supervisor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** When a process died lately: what dies again and again is not started for ever. */
final class Deaths {
  static final int LIMIT = 5;
  static final Duration WINDOW = Duration.ofMinutes(1);

  private final Deque<Instant> recent = new ArrayDeque<>();
  private int total;

  /** Counts one; true when there were more than {@link #LIMIT} within {@link #WINDOW}. */
  boolean tooMany(Instant now) {
    total++;
    recent.add(now);
    recent.removeIf(death -> death.isBefore(now.minus(WINDOW)));
    return recent.size() > LIMIT;
  }

  int total() {
    return total;
  }
}
