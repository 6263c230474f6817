package io.moraine.dataset.idempotency;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Gives an answer again, word for word. */
public class AnsweredBeforeMapper {
  /** Tells that nothing was done for this answer. */
  static final String REPLAYED = "Idempotency-Replayed";

  @ServerExceptionMapper
  public Response again(AnsweredBeforeException e) {
    KeptAnswer kept = e.answer();
    Response.ResponseBuilder answer = Response.status(kept.status()).header(REPLAYED, "true");
    kept.location().ifPresent(location -> answer.header("Location", location));
    kept.etag().ifPresent(etag -> answer.header("ETag", etag));
    kept.body().ifPresent(body -> answer.type(MediaType.APPLICATION_JSON).entity(body));
    return answer.build();
  }
}
