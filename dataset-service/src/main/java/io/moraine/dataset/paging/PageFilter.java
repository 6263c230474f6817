package io.moraine.dataset.paging;

import io.moraine.kit.paging.PageLimit;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
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
  @QueryParam("cursor")
  @Parameter(description = "where the next page begins, as the header Link of a page gave it")
  String cursor;

  @QueryParam("limit")
  @Parameter(
      description = "at most so many, 1 to 1000, which is the default",
      schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000"))
  String limit;

  /** The key of the last item that was seen; empty on the first page. */
  public String after() {
    return cursor == null ? "" : cursor;
  }

  public int limit() {
    return PageLimit.of(limit, PageLimit.LONGEST);
  }

  /** The answer; a page that is full may have a next one. */
  public <T> RestResponse<List<T>> answer(List<T> items, Function<T, String> key) {
    RestResponse.ResponseBuilder<List<T>> answer = RestResponse.ResponseBuilder.ok(items);
    if (items.size() == limit()) {
      String last = key.apply(items.get(items.size() - 1));
      answer.header(
          HttpHeaders.LINK,
          "<?cursor=%s&limit=%d>; rel=\"next\""
              .formatted(URLEncoder.encode(last, StandardCharsets.UTF_8), limit()));
    }
    return answer.build();
  }
}
