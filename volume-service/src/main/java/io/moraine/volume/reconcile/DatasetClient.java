package io.moraine.volume.reconcile;

import io.moraine.kit.auth.Authentication;
import io.moraine.kit.auth.ServiceKeyHeader;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Instant;
import org.eclipse.microprofile.rest.client.annotation.RegisterClientHeaders;
import org.eclipse.microprofile.rest.client.annotation.RegisterProvider;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** What is asked of dataset-service (docs/architecture.md). Blocks. */
@RegisterRestClient(configKey = "dataset-service")
@RegisterClientHeaders(ServiceKeyHeader.class)
@RegisterProvider(RefusalMapper.class)
@Path("/datasets")
interface DatasetClient {
  /** A ref resolved, and its version held. */
  record Held(DatasetId dataset, VersionId version, Sha256 digest, Instant expiresAt) {}

  record Found(DatasetId id) {}

  @PUT
  @Path("/ref/{ref}/holds/{holder}")
  Held hold(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("ref") String ref,
      @PathParam("holder") String holder,
      Lease lease);

  @DELETE
  @Path("/{dataset}/versions/{version}/holds/{holder}")
  void letGo(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team,
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @PathParam("holder") String holder);

  @GET
  @Path("/{dataset}")
  Found find(
      @HeaderParam(Authentication.TEAM_HEADER) TeamId team, @PathParam("dataset") String dataset);
}
