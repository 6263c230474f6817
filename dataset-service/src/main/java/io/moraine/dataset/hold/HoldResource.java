package io.moraine.dataset.hold;

import io.moraine.kit.auth.Caller;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/datasets/ref")
@Tag(name = "Refs and holds")
class HoldResource {
  record Request(Long expiresInSeconds) {
    Request {
      long most = Holds.LONGEST.toSeconds();
      if (expiresInSeconds == null || expiresInSeconds < 1 || expiresInSeconds > most) {
        throw new IllegalArgumentException(
            "expiresInSeconds must be from 1 to " + most + " (30 days); renew a longer hold.");
      }
    }
  }

  private final Holds holds;
  private final Caller caller;

  HoldResource(Holds holds, Caller caller) {
    this.holds = holds;
    this.caller = caller;
  }

  @PUT
  @Path("/{ref}/holds/{holder}")
  @Operation(
      summary = "Resolve a ref and hold the version it names",
      description = "Nothing held is deleted. The same call again renews, for at most 30 days.")
  public Uni<HeldVersion> hold(String ref, String holder, Request request) {
    return holds.hold(
        caller.team(),
        ref,
        usable(holder),
        Duration.ofSeconds(RequestProblem.required(request).expiresInSeconds()));
  }

  private static Holder usable(String holder) {
    try {
      return new Holder(holder);
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid(e.getMessage()).exception();
    }
  }
}
