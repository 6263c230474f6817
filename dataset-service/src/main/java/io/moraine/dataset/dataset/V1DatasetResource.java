package io.moraine.dataset.dataset;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.paging.V1Filter;
import io.moraine.dataset.paging.V1Page;
import io.moraine.kit.condition.EntityTag;
import io.moraine.kit.condition.Tagged;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** Datasets in the shape of Paperspace's newer API; {@link DatasetResource} does the work. */
@Path("/v1/datasets")
@Tag(name = "v1")
class V1DatasetResource {
  /** As {@code v1} shows a dataset. */
  record V1Dataset(
      DatasetId id,
      DatasetName name,
      String description,
      @JsonProperty("isPublic") boolean isPublic,
      ProviderId storageProviderId,
      TeamId teamId,
      Instant dtCreated,
      Instant dtModified,
      @JsonIgnore @Schema(hidden = true) EntityTag entityTag)
      implements Tagged {
    static V1Dataset of(Dataset dataset) {
      return new V1Dataset(
          dataset.id(),
          dataset.name(),
          dataset.description(),
          dataset.isPublic(),
          dataset.storageProvider().id(),
          dataset.teamId(),
          dataset.dtCreated(),
          dataset.dtModified(),
          dataset.entityTag());
    }
  }

  private final DatasetResource datasets;

  V1DatasetResource(DatasetResource datasets) {
    this.datasets = datasets;
  }

  @GET
  @Operation(summary = "List the team's datasets, or with privacy=PUBLIC those of all teams")
  public Uni<V1Page<V1Dataset>> list(
      @BeanParam V1Filter asked, @QueryParam("privacy") @DefaultValue("") String privacy) {
    String which = privacy.equals("PRIVATE") ? "" : privacy;
    return datasets
        .list(asked.filter(), which)
        .map(found -> asked.page(found.stream().map(V1Dataset::of).toList()));
  }

  @POST
  @Idempotent
  @Operation(summary = "Make a dataset")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = V1Dataset.class)))
  public Uni<RestResponse<V1Dataset>> create(NewDataset wanted) {
    return datasets
        .create(RequestProblem.required(wanted))
        .map(
            made ->
                RestResponse.status(RestResponse.Status.CREATED, V1Dataset.of(made.getEntity())));
  }

  @GET
  @Path("/{dataset}")
  @Operation(summary = "Show a dataset")
  public Uni<V1Dataset> details(String dataset) {
    return datasets.details(dataset).map(V1Dataset::of);
  }

  @PUT
  @Path("/{dataset}")
  @Operation(summary = "Change a dataset; what is not given stays")
  public Uni<V1Dataset> update(
      String dataset, @HeaderParam("If-Match") String ifMatch, DatasetChange change) {
    return datasets.update(dataset, ifMatch, change).map(V1Dataset::of);
  }

  @DELETE
  @Path("/{dataset}")
  @Operation(summary = "Delete a dataset with all its versions and tags")
  public Uni<Map<String, String>> delete(String dataset, @HeaderParam("If-Match") String ifMatch) {
    return datasets
        .details(dataset)
        .call(() -> datasets.delete(dataset, false, ifMatch))
        .map(gone -> Map.of("id", gone.id().text()));
  }
}
