package io.moraine.kit.paging;

import io.moraine.kit.problem.RequestProblem;

/** How many items a page has at most, as the query says it. */
public final class PageLimit {
  /** The longest page of any list. */
  public static final int LONGEST = 1_000;

  private PageLimit() {}

  /**
   * Reads {@code limit}, a number from 1 to {@link #LONGEST}. Anything else fails with 400; JAX-RS
   * itself would answer 404.
   *
   * @param limit null or empty when it was not said
   * @param fallback what holds then
   */
  public static int of(String limit, int fallback) {
    if (limit == null || limit.isEmpty()) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(limit);
      if (number >= 1 && number <= LONGEST) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new RequestProblem.Invalid("limit must be a number from 1 to " + LONGEST + ".")
        .exception();
  }
}
