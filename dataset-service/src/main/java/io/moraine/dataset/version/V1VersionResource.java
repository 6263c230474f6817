package io.moraine.dataset.version;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.paging.V1Filter;
import io.moraine.dataset.paging.V1Page;
import io.moraine.dataset.tag.Tags;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.condition.EntityTag;
import io.moraine.kit.condition.Tagged;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

/** Versions in the shape of Paperspace's newer API; {@link VersionResource} does the work. */
@Path("/v1/datasets/{dataset}/versions")
@org.eclipse.microprofile.openapi.annotations.tags.Tag(name = "v1")
class V1VersionResource {
  /** As {@code v1} shows a version. */
  record V1Version(
      VersionId version,
      DatasetId datasetId,
      String message,
      @JsonProperty("isCommitted") boolean isCommitted,
      Map<String, Object> metadata,
      List<TagName> tags,
      Optional<String> usageBytes,
      Instant dtCreated,
      Instant dtModified,
      @JsonIgnore @Schema(hidden = true) EntityTag entityTag)
      implements Tagged {
    static V1Version of(VersionView view) {
      return new V1Version(
          view.version(),
          view.dataset(),
          view.message(),
          view.isCommitted(),
          Map.of(),
          view.tags().stream().map(VersionView.Tag::name).toList(),
          view.bytes().map(bytes -> Long.toString(bytes)),
          view.dtCreated(),
          view.dtModified(),
          view.entityTag());
    }
  }

  /**
   * @param tags divided by commas
   */
  record Change(
      Optional<String> message,
      Optional<Map<String, Object>> metadata,
      Optional<String> tags,
      Optional<Boolean> isCommitted) {
    static final Change NOTHING =
        new Change(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    Change {
      if (!metadata.orElse(Map.of()).isEmpty()) {
        throw new IllegalArgumentException(
            "metadata is not kept: put it into a file of the version, or into its message.");
      }
    }

    List<TagName> tagNames() {
      return Arrays.stream(tags.orElse("").split(","))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .map(V1VersionResource::tag)
          .toList();
    }
  }

  private final VersionResource versions;
  private final Tags tags;
  private final Caller caller;

  V1VersionResource(VersionResource versions, Tags tags, Caller caller) {
    this.versions = versions;
    this.tags = tags;
    this.caller = caller;
  }

  @GET
  @Operation(summary = "List versions")
  public Uni<V1Page<V1Version>> list(
      @PathParam("dataset") String dataset, @BeanParam V1Filter asked) {
    return versions
        .list(dataset, Optional.empty(), asked.filter())
        .map(found -> asked.page(found.stream().map(V1Version::of).toList()));
  }

  @POST
  @Idempotent
  @Operation(
      summary = "Create an open version",
      description = "tags, divided by commas, are set by the commit.")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = V1Version.class)))
  public Uni<RestResponse<V1Version>> create(@PathParam("dataset") String dataset, Change change) {
    Change wanted = change == null ? Change.NOTHING : change;
    return versions
        .create(
            dataset,
            new VersionResource.Creation(
                Optional.empty(),
                wanted.message(),
                Optional.of(wanted.tagNames()),
                Optional.empty()))
        .map(made -> RestResponse.status(made.getStatusInfo(), V1Version.of(made.getEntity())));
  }

  @GET
  @Path("/{version}")
  @Operation(summary = "Show a version")
  public Uni<V1Version> details(
      @PathParam("dataset") String dataset, @PathParam("version") String version) {
    return versions.details(dataset, version).map(V1Version::of);
  }

  @PUT
  @Path("/{version}")
  @Operation(
      summary = "Edit the message, commit, set tags",
      description =
          "tags are set on a committed version, or one that this commits; none is taken away.")
  public Uni<V1Version> update(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @HeaderParam("If-Match") String ifMatch,
      Change change) {
    Change wanted = RequestProblem.required(change);
    List<TagName> names = wanted.tagNames();
    return versions
        .update(
            dataset,
            version,
            ifMatch,
            new VersionResource.Update(wanted.message(), wanted.isCommitted()))
        .map(RestResponse::getEntity)
        .call(view -> set(names, view))
        .chain(() -> details(dataset, version));
  }

  private Uni<Void> set(List<TagName> names, VersionView view) {
    return Multi.createFrom()
        .iterable(names)
        .onItem()
        .transformToUniAndConcatenate(
            name -> tags.put(caller.team(), view.dataset(), name, view.version()))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  @DELETE
  @Path("/{version}")
  @Operation(summary = "Delete a version")
  public Uni<Map<String, String>> delete(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @HeaderParam("If-Match") String ifMatch) {
    return versions
        .details(dataset, version)
        .call(() -> versions.delete(dataset, version, false, ifMatch))
        .map(gone -> Map.of("datasetId", gone.dataset().text(), "version", gone.version().text()));
  }

  private static TagName tag(String name) {
    try {
      return new TagName(name);
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid(e.getMessage()).exception();
    }
  }
}
