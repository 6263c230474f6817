package io.moraine.kit.problem;

import io.moraine.kit.auth.Open;
import io.moraine.vocabulary.DatasetName;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** Refuses in every way there is. */
@Path("/refusing")
public class Refusing {
  /** A body that checks itself. */
  public record Body(DatasetName name, int count) {
    public Body {
      if (count < 0) {
        throw new IllegalArgumentException("count must not be negative.");
      }
    }
  }

  @GET
  @Path("/problem")
  @Open
  public String problem() {
    throw new RequestProblem.NotFound("dataset", "faces").exception();
  }

  @GET
  @Path("/fault")
  @Open
  public String fault() {
    throw new IllegalStateException("the secret is 42");
  }

  @POST
  @Path("/body")
  @Open
  public String body(Body body) {
    return RequestProblem.required(body).name().text();
  }
}
