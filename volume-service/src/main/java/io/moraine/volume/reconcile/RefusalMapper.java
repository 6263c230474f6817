package io.moraine.volume.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.Set;
import org.eclipse.microprofile.rest.client.ext.ResponseExceptionMapper;

/** Tells a refusal for good from a failure that may pass. */
class RefusalMapper implements ResponseExceptionMapper<RuntimeException> {
  /** Our own key, or a moment: not what was asked for. */
  private static final Set<Integer> PASSING = Set.of(401, 403, 408, 425, 429);

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public RuntimeException toThrowable(Response response) {
    int status = response.getStatus();
    return status < 500 && !PASSING.contains(status) ? new Refused(status, detail(response)) : null;
  }

  private static String detail(Response response) {
    String fallback = "refused with the status " + response.getStatus();
    try {
      JsonNode detail = JSON.readTree(response.readEntity(String.class)).path("detail");
      return detail.asText(fallback);
    } catch (IOException | RuntimeException e) {
      return fallback;
    }
  }
}
