package io.moraine.dataset.version;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.paging.ListFilter;
import io.moraine.kit.auth.Caller;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The versions of a public dataset by its name. They are made and changed by the dataset's id. */
@Path("/datasets/{namespace}/{name:" + Datasets.NAME_SEGMENT + "}/versions")
@Tag(name = "Versions")
class PublishedVersionResource {
  private final Datasets datasets;
  private final Versions versions;
  private final VersionResource resource;
  private final Caller caller;

  PublishedVersionResource(
      Datasets datasets, Versions versions, VersionResource resource, Caller caller) {
    this.datasets = datasets;
    this.versions = versions;
    this.resource = resource;
    this.caller = caller;
  }

  @GET
  @Operation(
      summary = "List versions of a public dataset",
      description = "A bare array, the newest first; the committed ones.")
  public Uni<List<VersionView>> list(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @QueryParam("filter[where][isCommitted]") Optional<Boolean> isCommitted,
      @BeanParam ListFilter filter) {
    return resource.list(datasets.visible(caller.team(), namespace, name), isCommitted, filter);
  }

  @GET
  @Path("/{version}")
  @Operation(summary = "Show a version of a public dataset, by its id, a tag or latest")
  public Uni<VersionView> details(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @PathParam("version") String version) {
    return versions
        .visible(caller.team(), Versions.ref(namespace, name, version))
        .map(VersionView::of);
  }
}
