package io.moraine.dataset.key;

import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.paging.PageFilter;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.database.Database;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/teams/{team}/keys")
@Tag(name = "Teams and keys")
@Requires(Role.ADMIN)
class KeyResource {
  private static final int LONGEST_NAME = 128;

  record Request(Role role, Optional<String> name) {
    Request {
      if (role == null) {
        throw new IllegalArgumentException("role is missing: one of reader, writer, admin.");
      }
      if (role == Role.SERVICE) {
        throw new IllegalArgumentException(
            "role service is for Moraine's own services; ask for reader, writer or admin.");
      }
      if (name.orElse("").length() > LONGEST_NAME) {
        throw new IllegalArgumentException(
            "name is longer than " + LONGEST_NAME + " characters; choose a shorter one.");
      }
    }
  }

  private final Keys keys;
  private final Database database;
  private final Caller caller;

  KeyResource(Keys keys, Database database, Caller caller) {
    this.keys = keys;
    this.database = database;
    this.caller = caller;
  }

  @POST
  @Idempotent(secret = true)
  @ResponseStatus(201)
  @Operation(summary = "Make a key", description = "The key is in this answer and nowhere else.")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = NewKey.class)))
  public Uni<NewKey> create(String team, Request request) {
    TeamId own = own(team);
    RequestProblem.required(request);
    return database.transaction(
        tx -> keys.issue(tx, own, request.role(), request.name().orElse("")));
  }

  @GET
  @Operation(summary = "List the team's keys, revoked ones too, oldest first; never their secrets")
  public Uni<RestResponse<List<ListedKey>>> list(String team, @BeanParam PageFilter page) {
    return keys.ofTeam(own(team), page.after(), page.limit())
        .map(listed -> page.answer(listed, ListedKey::id));
  }

  @DELETE
  @Path("/{key}")
  @Operation(summary = "Revoke a key, and with it every run token it gave")
  public Uni<Void> revoke(String team, String key) {
    return keys.revoke(own(team), key)
        .invoke(
            found -> {
              if (!found) {
                throw new RequestProblem.NotFound("key", key).exception();
              }
            })
        .replaceWithVoid();
  }

  private TeamId own(String team) {
    if (!caller.team().text().equals(team)) {
      throw new RequestProblem.NotFound("team", team).exception();
    }
    return caller.team();
  }
}
