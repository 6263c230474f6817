package io.moraine.dataset.dataset;

import java.util.Optional;

/**
 * Which committed versions of a dataset stay without being asked for; any one rule keeps a version.
 * Without any rule all stay.
 *
 * @param keepLast the newest so many
 * @param keepYoungerThanDays those that were committed less than so many days ago
 * @param keepTagged those that a tag points at; as the only rule, all others go
 */
public record Retention(
    Optional<Integer> keepLast,
    Optional<Integer> keepYoungerThanDays,
    Optional<Boolean> keepTagged) {
  /** Everything stays. */
  public static final Retention EVERYTHING =
      new Retention(Optional.empty(), Optional.empty(), Optional.empty());

  private static final int MOST = 1_000_000;

  public Retention {
    check("keepLast", keepLast);
    check("keepYoungerThanDays", keepYoungerThanDays);
  }

  private static void check(String name, Optional<Integer> value) {
    if (value.isPresent() && (value.get() < 1 || value.get() > MOST)) {
      throw new IllegalArgumentException(
          "%s must be a whole number from 1 to %,d; leave it out to keep nothing by it."
              .formatted(name, MOST));
    }
  }
}
