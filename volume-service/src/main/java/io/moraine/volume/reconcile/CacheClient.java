package io.moraine.volume.reconcile;

import io.moraine.kit.auth.Authentication;
import io.moraine.kit.auth.ServiceKeyHeader;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.rest.client.annotation.RegisterClientHeaders;
import org.eclipse.microprofile.rest.client.annotation.RegisterProvider;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** What is asked of cache-service (docs/architecture.md). Blocks. */
@RegisterRestClient(configKey = "cache-service")
@RegisterClientHeaders(ServiceKeyHeader.class)
@RegisterProvider(RefusalMapper.class)
@Path("/")
interface CacheClient {
  /** How far the cache is with a version: {@code cached} or {@code failed} are the ends. */
  record CachedVersion(String state, Optional<String> reason) {
    boolean isCached() {
      return state.equals("cached");
    }

    boolean hasFailed() {
      return state.equals("failed");
    }
  }

  /** What is wanted of a job's outputs: {@code open}, {@code seal} or {@code discard}. */
  record Wanted(String state, Optional<Map<RunName, Target>> outputs) {}

  /** What an output becomes. */
  record Target(DatasetId dataset, Optional<String> message, List<TagName> tags) {}

  /** How far a job's outputs are. */
  record Outputs(Map<RunName, Output> outputs) {}

  record Output(
      OutputState state,
      Optional<VersionId> version,
      Optional<Sha256> digest,
      Optional<String> reason) {}

  @PUT
  @Path("/cache/versions/{dataset}/{version}/pins/{holder}")
  CachedVersion pin(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @PathParam("holder") String holder,
      Lease lease);

  @GET
  @Path("/cache/versions/{dataset}/{version}")
  CachedVersion look(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") String dataset,
      @PathParam("version") String version);

  @DELETE
  @Path("/cache/versions/{dataset}/{version}/pins/{holder}")
  void unpin(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @PathParam("holder") String holder);

  @PUT
  @Path("/outputs/{run}/{job}/{attempt}")
  void want(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("run") String run,
      @PathParam("job") String job,
      @PathParam("attempt") int attempt,
      Wanted wanted);

  @GET
  @Path("/outputs/{run}/{job}/{attempt}")
  Outputs outputs(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("run") String run,
      @PathParam("job") String job,
      @PathParam("attempt") int attempt);
}
