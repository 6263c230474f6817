package io.moraine.kit.auth;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.annotation.RegisterClientHeaders;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

@RegisterRestClient(configKey = "dataset-service")
@RegisterClientHeaders(ServiceKeyHeader.class)
@Path("/introspect")
interface IntrospectionClient {
  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  Uni<Introspection> introspect(@FormParam("token") String key);
}
