package io.moraine.dataset.secret;

import io.moraine.kit.auth.Caller;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Secrets of one kind of thing: the team, and what it calls projects and clusters. */
@Tag(name = "Secrets")
abstract class SecretResource {
  static final int LONGEST_VALUE = 64 << 10;
  private static final Pattern ID = Pattern.compile("[^\\p{Cntrl}]{1,128}");

  record Request(String value) {
    Request {
      if (value == null || value.isEmpty() || value.length() > LONGEST_VALUE) {
        throw new IllegalArgumentException("value must have 1 to 65,536 characters.");
      }
    }

    /** Says nothing secret. */
    @Override
    public String toString() {
      return "Request[…]";
    }
  }

  /** All that is ever told. */
  record Listed(String name) {}

  private final String entity;
  private final Secrets secrets;
  private final Caller caller;

  /**
   * @param entity {@code team}, {@code project} or {@code cluster}
   */
  SecretResource(String entity, Secrets secrets, Caller caller) {
    this.entity = entity;
    this.secrets = secrets;
    this.caller = caller;
  }

  @GET
  @Operation(
      summary = "List secrets by name; their values are told to nobody",
      description = "Those of a project or cluster by projectId or clusterId; at most 1,000.")
  public Uni<List<Listed>> list(
      @QueryParam("teamId") Optional<String> teamId,
      @QueryParam("projectId") Optional<String> projectId,
      @QueryParam("clusterId") Optional<String> clusterId) {
    SecretKey any = key(teamId, projectId, clusterId, "any");
    return secrets
        .names(any.team(), any.entity(), any.entityId())
        .map(names -> names.stream().map(Listed::new).toList());
  }

  @PUT
  @Path("/{secret}")
  @Operation(summary = "Set a secret", description = "Again replaces it.")
  public Uni<Listed> set(
      @PathParam("secret") String name,
      @QueryParam("teamId") Optional<String> teamId,
      @QueryParam("projectId") Optional<String> projectId,
      @QueryParam("clusterId") Optional<String> clusterId,
      Request request) {
    SecretKey key = key(teamId, projectId, clusterId, name);
    return secrets.set(key, RequestProblem.required(request).value()).replaceWith(new Listed(name));
  }

  @DELETE
  @Path("/{secret}")
  @Operation(summary = "Delete a secret")
  public Uni<Void> delete(
      @PathParam("secret") String name,
      @QueryParam("teamId") Optional<String> teamId,
      @QueryParam("projectId") Optional<String> projectId,
      @QueryParam("clusterId") Optional<String> clusterId) {
    return secrets
        .delete(key(teamId, projectId, clusterId, name))
        .invoke(
            found -> {
              if (!found) {
                throw new RequestProblem.NotFound("secret", name).exception();
              }
            })
        .replaceWithVoid();
  }

  private SecretKey key(
      Optional<String> teamId,
      Optional<String> projectId,
      Optional<String> clusterId,
      String name) {
    TeamId team = caller.team();
    String id =
        switch (entity) {
          case "project" -> required("projectId", projectId);
          case "cluster" -> required("clusterId", clusterId);
          default -> own(team, teamId);
        };
    try {
      return new SecretKey(team, entity, id, name);
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid(e.getMessage()).exception();
    }
  }

  private static String own(TeamId team, Optional<String> teamId) {
    if (!teamId.orElse(team.text()).equals(team.text())) {
      throw new RequestProblem.NotFound("team", teamId.get()).exception();
    }
    return team.text();
  }

  private static String required(String parameter, Optional<String> id) {
    return id.filter(text -> ID.matcher(text).matches())
        .orElseThrow(
            () ->
                new RequestProblem.Invalid(
                        parameter + " is missing: whose secret? It has at most 128 characters.")
                    .exception());
  }
}
