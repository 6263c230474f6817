package io.moraine.volume.run;

import io.moraine.kit.auth.Introspection;
import io.moraine.kit.auth.ServiceKeyHeader;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.annotation.RegisterClientHeaders;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** What dataset-service, which issues run tokens, says about them. */
@RegisterRestClient(configKey = "dataset-service")
@RegisterClientHeaders(ServiceKeyHeader.class)
@Path("/")
interface TokenClient {
  /** The JWK set that signs them. */
  @GET
  @Path("/tokens/keys")
  @Produces(MediaType.APPLICATION_JSON)
  Uni<String> keys();

  @POST
  @Path("/introspect")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  Uni<Introspection> introspect(@FormParam("token") String token);
}
