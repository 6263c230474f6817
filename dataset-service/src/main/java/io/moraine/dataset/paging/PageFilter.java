package io.moraine.dataset.paging;

import io.moraine.kit.paging.PageLimit;
import io.moraine.kit.problem.RequestProblem;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * A page of a bare array that goes on after a key, for lists of our own: {@code limit} (1 to 1,000,
 * which is the default) and {@code cursor}. Where there may be more, the answer's header {@code
 * Link} has the next page as {@code rel="next"}.
 */
public class PageFilter {
  private static final String CURSOR = "cursor";
  private static final String LIMIT = "limit";

  @QueryParam(CURSOR)
  @Parameter(description = "where the next page begins, as the header Link of a page gave it")
  String cursor;

  @QueryParam(LIMIT)
  @Parameter(
      description = "at most so many, 1 to 1000, which is the default",
      schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000"))
  String limit;

  @Context UriInfo uri;

  /** The key of the last item that was seen; empty on the first page. */
  public String after() {
    return cursor == null ? "" : cursor;
  }

  public int limit() {
    return PageLimit.of(limit, PageLimit.LONGEST);
  }

  /** The answer; a page that is full may have a next one. */
  public <T> RestResponse<List<T>> answer(List<T> items, Function<T, String> key) {
    return answer(items, key, items.size() == limit());
  }

  /** The answer, and whether there is a next page. */
  public <T> RestResponse<List<T>> answer(List<T> items, Function<T, String> key, boolean more) {
    RestResponse.ResponseBuilder<List<T>> answer = RestResponse.ResponseBuilder.ok(items);
    if (more) {
      String last = key.apply(items.get(items.size() - 1));
      answer.header(HttpHeaders.LINK, "<%s>; rel=\"next\"".formatted(next(last)));
    }
    return answer.build();
  }

  /** The query of the next page: what else this one asked for stays. */
  private String next(String last) {
    StringBuilder query =
        new StringBuilder("?cursor=%s&limit=%d".formatted(encoded(last), limit()));
    uri.getQueryParameters()
        .forEach(
            (name, values) -> {
              if (!name.equals(CURSOR) && !name.equals(LIMIT)) {
                values.forEach(
                    value ->
                        query.append('&').append(encoded(name)).append('=').append(encoded(value)));
              }
            });
    return query.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The refusal (400) of a cursor that no page gave. */
  public static RuntimeException refused() {
    return new RequestProblem.Invalid("The cursor is not one that the header Link of a page gave.")
        .exception();
  }
}
