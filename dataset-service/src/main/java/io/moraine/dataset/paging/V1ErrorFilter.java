package io.moraine.dataset.paging;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Says errors below {@code /v1} as its clients read them: {@code {code, message}}. */
public class V1ErrorFilter {
  private static final Map<Integer, String> CODES =
      Map.of(
          400, "BAD_REQUEST",
          401, "UNAUTHORIZED",
          403, "FORBIDDEN",
          404, "NOT_FOUND",
          405, "METHOD_NOT_SUPPORTED",
          409, "CONFLICT",
          412, "PRECONDITION_FAILED",
          413, "PAYLOAD_TOO_LARGE",
          422, "UNPROCESSABLE_CONTENT");

  @ServerResponseFilter
  public void rename(ContainerRequestContext request, ContainerResponseContext response) {
    if (response.getStatus() < 400
        || !request.getUriInfo().getPath().startsWith("/v1/")
        || !(response.getEntity() instanceof Map<?, ?> problem)) {
      return;
    }
    Map<Object, Object> renamed = new LinkedHashMap<>(problem);
    renamed.remove("error");
    renamed.put("code", CODES.getOrDefault(response.getStatus(), "INTERNAL_SERVER_ERROR"));
    renamed.put("message", problem.get("detail"));
    response.setEntity(renamed);
  }
}
