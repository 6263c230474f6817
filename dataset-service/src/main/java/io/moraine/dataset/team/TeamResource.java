package io.moraine.dataset.team;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/teams")
@Tag(name = "Teams and keys")
class TeamResource {
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,128}");

  record Request(String name) {
    Request {
      if (name == null || name.isBlank() || !NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("name must be 1 to 128 printable characters.");
      }
    }
  }

  /** Whose key makes the request. */
  record CurrentTeam(TeamId id, String name, Role role, String keyId) {}

  private final CreateTeam createTeam;
  private final TeamStore store;
  private final Operators operators;
  private final Caller caller;

  TeamResource(CreateTeam createTeam, TeamStore store, Operators operators, Caller caller) {
    this.createTeam = createTeam;
    this.store = store;
    this.operators = operators;
    this.caller = caller;
  }

  @POST
  @Idempotent(secret = true)
  @Requires(Role.ADMIN)
  @ResponseStatus(201)
  @Operation(
      summary = "Make a team",
      description =
          "For admins of the operator's team and for services. The team has its managed storage"
              + " provider at once; its first admin key is shown in this answer alone.")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = CreateTeam.NewTeam.class)))
  public Uni<CreateTeam.NewTeam> create(Request request) {
    return mayMakeTeams().chain(() -> createTeam.called(RequestProblem.required(request).name()));
  }

  @GET
  @Path("/current")
  @Operation(summary = "Say whose key this is")
  public Uni<CurrentTeam> current() {
    Role role = caller.role();
    String keyId = caller.keyId();
    return found(caller.team()).map(team -> new CurrentTeam(team.id(), team.name(), role, keyId));
  }

  @GET
  @Path("/namespace")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Say what stands in front of the names of the team's public datasets",
      description = "As JSON text: the team's name where it can stand in a ref, else its id.")
  @APIResponse(
      responseCode = "200",
      description = "The namespace, in quotes.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = String.class)))
  public Uni<JsonNode> namespace() {
    return found(caller.team()).map(team -> TextNode.valueOf(namespace(team)));
  }

  private static String namespace(Team team) {
    return DatasetRef.isNamespace(team.name()) ? team.name() : team.id().text();
  }

  private Uni<Void> mayMakeTeams() {
    if (caller.role() == Role.SERVICE) {
      return Uni.createFrom().voidItem();
    }
    return operators.require(caller.team());
  }

  private Uni<Team> found(TeamId id) {
    return store
        .find(id)
        .map(
            team ->
                team.orElseThrow(() -> new RequestProblem.NotFound("team", id.text()).exception()));
  }
}
