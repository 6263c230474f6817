package io.moraine.dataset.paging;

import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/**
 * The query of one list call: {@code filter[limit]} (1 to 1,000, 100 by default), {@code
 * filter[skip]} (0 to 1,000,000) and {@code filter[order][]} ({@code name ASC}). What does not fit
 * is a 400.
 */
public class ListFilter {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST_LIMIT = 1_000;

  /** PostgreSQL walks over every row that is skipped. */
  private static final int MOST_SKIP = 1_000_000;

  @QueryParam("filter[limit]")
  @Parameter(description = "at most so many, 1 to 1000; 100 by default")
  String limit;

  @QueryParam("filter[skip]")
  @Parameter(description = "leave out so many first, 0 to 1000000")
  String skip;

  @QueryParam("filter[order][]")
  @Parameter(description = "a member and ASC or DESC, such as name ASC")
  List<String> order;

  public int limit() {
    return number("filter[limit]", limit, 1, DEFAULT_LIMIT, MOST_LIMIT);
  }

  public int skip() {
    return number("filter[skip]", skip, 0, 0, MOST_SKIP);
  }

  /**
   * The SQL behind ORDER BY.
   *
   * @param columns the members that may be sorted by, each with its SQL expression
   * @param last what decides between equals, so that pages neither repeat nor skip a row
   */
  public String orderBy(Map<String, String> columns, String fallback, String last) {
    String asked = order == null || order.isEmpty() ? fallback : order.get(0);
    String[] words = asked.strip().split("\\s+");
    String direction = words.length == 2 ? words[1].toUpperCase(Locale.ROOT) : "ASC";
    String column = columns.get(words[0]);
    if (column == null || words.length > 2 || !List.of("ASC", "DESC").contains(direction)) {
      throw invalid(
          "filter[order][] must be one of %s, and ASC or DESC."
              .formatted(String.join(", ", columns.keySet().stream().sorted().toList())));
    }
    return column + " " + direction + ", " + last + " " + direction;
  }

  static int number(String name, String text, int least, int fallback, int most) {
    if (text == null || text.isEmpty()) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid("%s must be a number from %d to %d.".formatted(name, least, most));
  }

  private static ProblemException invalid(String detail) {
    return new RequestProblem.Invalid(detail).exception();
  }
}
