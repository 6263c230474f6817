package io.moraine.cache.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.function.Supplier;

/** Tells refusals from failures that may pass. */
@ApplicationScoped
class AnswerMapper {
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;

  private final ObjectMapper json;

  AnswerMapper(ObjectMapper json) {
    this.json = json;
  }

  <T> T call(Supplier<T> call) throws IOException, RefusedException {
    try {
      return call.get();
    } catch (WebApplicationException e) {
      Response answer = e.getResponse();
      throw refusal(
          answer.getStatus(), answer.hasEntity() ? answer.readEntity(String.class) : "", e);
    } catch (ProcessingException e) {
      throw new IOException("dataset-service does not answer: " + e.getMessage(), e);
    }
  }

  /** The refusal that an answer is; throws when asking again may help. */
  RefusedException refusal(int status, String body, Exception cause) throws IOException {
    if (status < 400 || status >= 500 || status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS) {
      throw new IOException("dataset-service answers " + status + ": " + detail(body), cause);
    }
    if (status == 401 || status == 403) {
      throw new IOException(
          "dataset-service refuses our service key (" + status + "): " + detail(body), cause);
    }
    return new RefusedException(status, detail(body));
  }

  <T> T read(String body, Class<T> type) throws IOException {
    return json.readValue(body, type);
  }

  private String detail(String body) {
    try {
      JsonNode detail = json.readTree(body).path("detail");
      return detail.isTextual() ? detail.asText() : body;
    } catch (IOException e) {
      return body;
    }
  }
}
