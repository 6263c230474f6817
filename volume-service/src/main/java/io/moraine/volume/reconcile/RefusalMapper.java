package io.moraine.volume.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.Set;
import org.eclipse.microprofile.rest.client.ext.ResponseExceptionMapper;

/**
 * Tells a refusal for good, which is a problem of the asked thing, from what may pass: our own key,
 * a moment, or a service that does not know the call (yet).
 */
class RefusalMapper implements ResponseExceptionMapper<RuntimeException> {
  private static final Set<Integer> PASSING = Set.of(401, 403, 408, 425, 429);
  private static final String PROBLEM = "urn:moraine:problem:";
  private static final String OF_HTTP_ITSELF = PROBLEM + "http/";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public RuntimeException toThrowable(Response response) {
    int status = response.getStatus();
    if (status >= 500 || PASSING.contains(status)) {
      return null;
    }
    JsonNode body = read(response);
    String type = body.path("type").asText();
    return type.startsWith(PROBLEM) && !type.startsWith(OF_HTTP_ITSELF)
        ? new Refused(status, body.path("detail").asText(type))
        : null;
  }

  private static JsonNode read(Response response) {
    try {
      return JSON.readTree(response.readEntity(String.class));
    } catch (IOException | RuntimeException e) {
      return MissingNode.getInstance();
    }
  }
}
