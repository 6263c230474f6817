package io.moraine.cache.remote;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.moraine.events.dataset.Origin;
import io.moraine.kit.auth.Authentication;
import io.moraine.kit.auth.ServiceKeyHeader;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.rest.client.annotation.RegisterClientHeaders;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** The calls of dataset-service that answer in JSON, as docs/architecture.md has them. */
@RegisterRestClient(configKey = "dataset-service")
@RegisterClientHeaders(ServiceKeyHeader.class)
@Path("/datasets/{dataset}")
interface DatasetApiClient {
  record DatasetAnswer(DatasetId id, DatasetName name) {}

  record TagAnswer(TagName name, TagTarget version) {}

  record TagTarget(VersionId version) {}

  record VersionAnswer(
      VersionId version,
      String state,
      boolean isCommitted,
      Optional<Sha256> digest,
      Optional<Long> files,
      Optional<Long> bytes) {}

  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record NewVersion(Optional<String> message, List<TagName> tags, Origin origin) {}

  record Commit(boolean isCommitted) {}

  record DiffAnswer(List<DiffItem> items, Optional<String> nextCursor) {}

  record DiffItem(String path, Optional<DiffSide> from, Optional<DiffSide> to) {}

  record DiffSide(long sizeBytes, String content) {}

  @GET
  DatasetAnswer dataset(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") DatasetId dataset);

  @GET
  @Path("/tags")
  List<TagAnswer> tags(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") DatasetId dataset,
      @QueryParam("filter[limit]") int limit,
      @QueryParam("filter[skip]") int skip);

  @POST
  @Path("/versions")
  VersionAnswer create(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") DatasetId dataset,
      NewVersion version);

  /**
   * @param version an id, or {@code latest}
   */
  @GET
  @Path("/versions/{version}")
  VersionAnswer version(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") DatasetId dataset,
      @PathParam("version") String version);

  @POST
  @Path("/versions/{version}")
  Response commit(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") DatasetId dataset,
      @PathParam("version") VersionId version,
      Commit commit);

  @DELETE
  @Path("/versions/{version}")
  Response delete(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") DatasetId dataset,
      @PathParam("version") VersionId version);

  /**
   * @param versions {@code {from}...{to}}
   * @param cursor of the page before; null for the first
   */
  @GET
  @Path("/diff/{versions}")
  DiffAnswer diff(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") DatasetId dataset,
      @PathParam("versions") String versions,
      @QueryParam("cursor") String cursor);
}
