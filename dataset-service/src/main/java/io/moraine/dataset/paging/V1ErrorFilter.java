package io.moraine.dataset.paging;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Says errors below {@code /v1} as its clients read them: {@code {code, message}}. */
public class V1ErrorFilter {
  private static final Map<Integer, String> CODES =
      Map.ofEntries(
          Map.entry(400, "BAD_REQUEST"),
          Map.entry(401, "UNAUTHORIZED"),
          Map.entry(403, "FORBIDDEN"),
          Map.entry(404, "NOT_FOUND"),
          Map.entry(405, "METHOD_NOT_SUPPORTED"),
          Map.entry(409, "CONFLICT"),
          Map.entry(412, "PRECONDITION_FAILED"),
          Map.entry(413, "PAYLOAD_TOO_LARGE"),
          Map.entry(415, "UNSUPPORTED_MEDIA_TYPE"),
          Map.entry(422, "UNPROCESSABLE_CONTENT"),
          Map.entry(429, "TOO_MANY_REQUESTS"),
          Map.entry(503, "SERVICE_UNAVAILABLE"));

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
