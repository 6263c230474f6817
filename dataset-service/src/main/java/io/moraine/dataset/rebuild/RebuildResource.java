package io.moraine.dataset.rebuild;

import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.team.Operators;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/rebuilds")
@Tag(name = "Rebuild")
@Requires(Role.ADMIN)
class RebuildResource {
  private final BeginRebuild beginRebuild;
  private final RebuildStore store;
  private final RebuildWorker worker;
  private final Operators operators;
  private final Caller caller;

  RebuildResource(
      BeginRebuild beginRebuild,
      RebuildStore store,
      RebuildWorker worker,
      Operators operators,
      Caller caller) {
    this.beginRebuild = beginRebuild;
    this.store = store;
    this.worker = worker;
    this.operators = operators;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("refused while the database has datasets")
  @ResponseStatus(202)
  @Operation(
      summary = "Make an empty database right again from the bucket",
      description =
          "For admins of the operator's team. 409 when the database has datasets. The answer has new"
              + " admin keys of teams that have none any more, this once.")
  @APIResponse(
      responseCode = "202",
      description = "It has begun.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RebuildView.class)))
  public Uni<RebuildView> begin() {
    return operators.require(caller.team()).chain(beginRebuild::begin).invoke(worker::wake);
  }

  @GET
  @Path("/{rebuild}")
  @Operation(summary = "Say how far a rebuild is")
  public Uni<RebuildView> details(String rebuild) {
    return operators
        .require(caller.team())
        .chain(() -> store.find(rebuild))
        .map(
            found ->
                found.orElseThrow(
                    () -> new RequestProblem.NotFound("rebuild", rebuild).exception()));
  }
}
