package io.moraine.kit.condition;

import io.moraine.kit.problem.RequestProblem;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a change may be made to: whatever there is, or one of the states that {@code If-Match}
 * names.
 *
 * @param tags as they stand in the header; none of them when there was no header
 */
public record Precondition(Optional<List<String>> tags) {
  private static final String ANY_STATE = "*";

  /** No condition: how changes are made that nobody outside asked for. */
  public static final Precondition NONE = new Precondition(Optional.empty());

  /** Reads the header {@code If-Match}; null when it was not sent. */
  public static Precondition of(String ifMatch) {
    return new Precondition(
        Optional.ofNullable(ifMatch)
            .map(tags -> Arrays.stream(tags.split(",")).map(String::strip).toList()));
  }

  /** Whether there is anything to compare. */
  public boolean isGiven() {
    return tags.isPresent();
  }

  /**
   * Fails with 412 unless the thing may be changed.
   *
   * @param what for people
   * @param now the state that the open transaction has locked; none when there is no such thing
   */
  public void require(String what, Optional<EntityTag> now) {
    boolean met = tags.isEmpty() || now.filter(this::names).isPresent();
    if (!met) {
      throw new RequestProblem.ChangedMeanwhile(what, now.map(EntityTag::toString)).exception();
    }
  }

  private boolean names(EntityTag now) {
    List<String> named = tags.orElseThrow();
    return named.contains(ANY_STATE) || named.contains(now.toString());
  }
}
