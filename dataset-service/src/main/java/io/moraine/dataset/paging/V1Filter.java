package io.moraine.dataset.paging;

import io.moraine.kit.problem.RequestProblem;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** The query of one list call below {@code /v1}; what does not fit is a 400. */
public class V1Filter {
  private static final int DEFAULT_LIMIT = 10;
  private static final int MOST_LIMIT = 120;
  private static final int MOST_SKIP = 1_000_000;

  @QueryParam("after")
  @Parameter(description = "the nextPage of the page before")
  String after;

  @QueryParam("limit")
  @Parameter(description = "at most so many, 1 to 120; 10 by default")
  String limit;

  @QueryParam("orderBy")
  @Parameter(description = "dtCreated")
  String orderBy;

  @QueryParam("order")
  @Parameter(description = "asc or desc")
  String order;

  /** The list as the classic call asks for it, with one row more than the page has. */
  public ListFilter filter() {
    if (orderBy != null && !orderBy.equals("dtCreated")) {
      throw new RequestProblem.Invalid("orderBy is dtCreated, or left out.").exception();
    }
    String direction = order == null ? "asc" : order;
    if (!List.of("asc", "desc").contains(direction)) {
      throw new RequestProblem.Invalid("order is asc or desc, or left out.").exception();
    }
    ListFilter filter = new ListFilter();
    filter.limit = Integer.toString(limit() + 1);
    filter.skip = Integer.toString(skip());
    filter.order = List.of("dtCreated " + direction);
    return filter;
  }

  /** The page of what {@link #filter} found. */
  public <T> V1Page<T> page(List<T> found) {
    boolean more = found.size() > limit();
    return new V1Page<>(
        more ? found.subList(0, limit()) : found,
        more,
        more ? Optional.of(Integer.toString(skip() + limit())) : Optional.empty());
  }

  private int limit() {
    return ListFilter.number("limit", limit, 1, DEFAULT_LIMIT, MOST_LIMIT);
  }

  private int skip() {
    return ListFilter.number("after", after, 0, 0, MOST_SKIP);
  }
}
