package io.moraine.dataset.dataset;

import io.moraine.dataset.collect.Freed;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.paging.ListFilter;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Role;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/datasets")
@Tag(name = "Datasets")
class DatasetResource {
  /** How long a deletion's answer waits for the tombstones. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Datasets datasets;
  private final CreateDataset createDataset;
  private final UpdateDataset updateDataset;
  private final DeleteDataset deleteDataset;
  private final Caller caller;

  DatasetResource(
      Datasets datasets,
      CreateDataset createDataset,
      UpdateDataset updateDataset,
      DeleteDataset deleteDataset,
      Caller caller) {
    this.datasets = datasets;
    this.createDataset = createDataset;
    this.updateDataset = updateDataset;
    this.deleteDataset = deleteDataset;
    this.caller = caller;
  }

  @GET
  @Operation(
      summary = "List the team's datasets, by name unless filter[order][] says otherwise",
      description = "With privacy=PUBLIC those that every team may read, whosever they are.")
  public Uni<List<Dataset>> list(
      @BeanParam ListFilter filter, @QueryParam("privacy") @DefaultValue("") String privacy) {
    return switch (privacy) {
      case "" -> datasets.list(caller.team(), filter);
      case "PUBLIC" -> datasets.listPublic(caller.team(), filter);
      default -> throw new RequestProblem.Invalid("privacy is PUBLIC, or left out.").exception();
    };
  }

  @POST
  @Idempotent
  @Operation(
      summary = "Make a dataset",
      description =
          "In the storage provider that is named, else in the managed one. An admin may make it"
              + " isPublic: every team can read it then, as namespace/name or by its id.")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Dataset.class)))
  public Uni<RestResponse<Dataset>> create(NewDataset wanted) {
    requireAdminTo(RequestProblem.required(wanted).isPublic().filter(is -> is));
    return createDataset
        .create(caller.team(), wanted)
        .map(
            made ->
                RestResponse.ResponseBuilder.<Dataset>created(URI.create("/datasets/" + made.id()))
                    .entity(made)
                    .build());
  }

  @GET
  @Path("/{dataset}")
  @Operation(summary = "Show a dataset, by id or name; a public one of another team by id")
  public Uni<Dataset> details(String dataset) {
    return datasets.get(caller.team(), dataset);
  }

  @GET
  @Path("/{namespace}/{name}")
  @Operation(
      summary = "Show a public dataset",
      description = "The namespace is the name or the id of the team whose it is.")
  public Uni<Dataset> published(String namespace, String name) {
    return datasets.published(caller.team(), namespace, name);
  }

  @POST
  @NaturallyIdempotent("the same change again changes nothing")
  @Path("/{dataset}")
  @Operation(
      summary = "Change a dataset's name, description or retention; what is not given stays",
      description = "isPublic, for admins: whether every team may read it.")
  public Uni<Dataset> update(
      String dataset, @HeaderParam("If-Match") String ifMatch, DatasetChange change) {
    requireAdminTo(RequestProblem.required(change).isPublic());
    return updateDataset.update(caller.team(), dataset, change, Precondition.of(ifMatch));
  }

  /** Who publishes for a team, or takes back what it published. */
  private void requireAdminTo(Optional<Boolean> publish) {
    if (publish.isPresent() && !caller.role().allows(Role.ADMIN)) {
      throw new RequestProblem.RoleTooSmall(caller.role(), Role.ADMIN).exception();
    }
  }

  @DELETE
  @Path("/{dataset}")
  @Operation(
      summary = "Delete a dataset with all its versions and tags",
      description =
          "It is hidden at once. 409 while one of its versions is held. With dryRun=true nothing is"
              + " deleted: it refuses as the deletion would, or says what it would free.")
  @APIResponseSchema(
      value = Freed.class,
      responseCode = "200",
      responseDescription = "dryRun: what it would free.")
  @APIResponse(responseCode = "204", description = "It is gone for good.")
  @APIResponse(
      responseCode = "202",
      description = "It is hidden; its many versions are still being removed.")
  public Uni<Response> delete(
      String dataset,
      @QueryParam("dryRun") boolean dryRun,
      @HeaderParam("If-Match") String ifMatch) {
    TeamId team = caller.team();
    if (dryRun) {
      return deleteDataset.wouldFree(team, dataset).map(freed -> Response.ok(freed).build());
    }
    return deleteDataset
        .hide(team, dataset, Precondition.of(ifMatch))
        .chain(id -> deleteDataset.finish(id, PATIENCE))
        .map(gone -> Response.status(gone ? 204 : 202).build());
  }
}
