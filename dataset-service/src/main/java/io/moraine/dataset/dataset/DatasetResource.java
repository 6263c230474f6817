package io.moraine.dataset.dataset;

import io.moraine.dataset.collect.Freed;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.paging.ListFilter;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
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
  @Operation(summary = "List the team's datasets, by name unless filter[order][] says otherwise")
  public Uni<List<Dataset>> list(@BeanParam ListFilter filter) {
    return datasets.list(caller.team(), filter);
  }

  @POST
  @Idempotent
  @Operation(
      summary = "Make a dataset",
      description = "In the storage provider that is named, else in the managed one.")
  @APIResponseSchema(
      value = Dataset.class,
      responseCode = "201",
      responseDescription = "It is made.")
  public Uni<RestResponse<Dataset>> create(NewDataset wanted) {
    return createDataset
        .create(caller.team(), RequestProblem.required(wanted))
        .map(
            made ->
                RestResponse.ResponseBuilder.<Dataset>created(URI.create("/datasets/" + made.id()))
                    .entity(made)
                    .build());
  }

  @GET
  @Path("/{dataset}")
  @Operation(summary = "Show a dataset, by id or name")
  public Uni<Dataset> details(String dataset) {
    return datasets.get(caller.team(), dataset);
  }

  @POST
  @NaturallyIdempotent("the same change again changes nothing")
  @Path("/{dataset}")
  @Operation(summary = "Change a dataset's name, description or retention; what is not given stays")
  public Uni<Dataset> update(
      String dataset, @HeaderParam("If-Match") String ifMatch, DatasetChange change) {
    return updateDataset.update(
        caller.team(), dataset, RequestProblem.required(change), Precondition.of(ifMatch));
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
