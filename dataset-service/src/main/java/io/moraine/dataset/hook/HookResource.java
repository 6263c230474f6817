package io.moraine.dataset.hook;

import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.imports.NewImport;
import io.moraine.dataset.imports.SourceSpec;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TagName;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** The hooks of a dataset, for its team's admins. */
@Path("/datasets/{dataset}/hooks")
@Tag(name = "Imports")
@Requires(Role.ADMIN)
class HookResource {
  /** What every push is to become. */
  record Request(
      Optional<SourceSpec> source,
      Optional<String> message,
      Optional<List<TagName>> tags,
      Optional<String> base,
      Optional<String> directory) {
    NewImport wanted() {
      try {
        if (source.flatMap(SourceSpec::type).filter("git"::equals).isEmpty()) {
          throw new IllegalArgumentException("The source of a hook is a git repository.");
        }
        if (source.flatMap(SourceSpec::commit).isPresent()) {
          throw new IllegalArgumentException(
              "The source of a hook has no commit: each push names its own.");
        }
        return NewImport.of(source, message, tags, base, directory);
      } catch (IllegalArgumentException e) {
        throw new RequestProblem.Invalid(e.getMessage()).exception();
      }
    }
  }

  private final Hooks hooks;
  private final Caller caller;

  HookResource(Hooks hooks, Caller caller) {
    this.hooks = hooks;
    this.caller = caller;
  }

  @POST
  @Idempotent(secret = true)
  @ResponseStatus(201)
  @Operation(
      summary = "Have every push to a git repository imported",
      description =
          "The answer says to where and with which secret GitHub is to send push events (content"
              + " type application/json). The secret is shown this once.")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Hook.class)))
  public Uni<Hook> create(@PathParam("dataset") String dataset, Request request) {
    return hooks.create(caller.team(), dataset, RequestProblem.required(request).wanted());
  }

  @GET
  @Operation(
      summary = "List the hooks of a dataset, the newest first",
      description = "All of them: a dataset has at most 100.")
  public Uni<List<Hook>> list(@PathParam("dataset") String dataset) {
    return hooks.list(caller.team(), dataset);
  }

  @DELETE
  @Path("/{hook}")
  @Operation(summary = "Delete a hook: its deliveries are not found from then on")
  public Uni<Void> delete(@PathParam("dataset") String dataset, @PathParam("hook") String hook) {
    return hooks.delete(caller.team(), dataset, hook);
  }
}
