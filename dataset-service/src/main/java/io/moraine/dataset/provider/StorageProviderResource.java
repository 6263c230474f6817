package io.moraine.dataset.provider;

import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.paging.ListFilter;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/storageProviders")
@Tag(name = "Storage providers")
class StorageProviderResource {
  private final Providers providers;
  private final CreateProvider createProvider;
  private final ChangeProvider changeProvider;
  private final DeleteProvider deleteProvider;
  private final Caller caller;

  StorageProviderResource(
      Providers providers,
      CreateProvider createProvider,
      ChangeProvider changeProvider,
      DeleteProvider deleteProvider,
      Caller caller) {
    this.providers = providers;
    this.createProvider = createProvider;
    this.changeProvider = changeProvider;
    this.deleteProvider = deleteProvider;
    this.caller = caller;
  }

  @GET
  @Operation(summary = "List the team's storage providers; secrets are masked")
  public Uni<List<Provider>> list(@BeanParam ListFilter filter) {
    return providers.list(caller.team(), filter);
  }

  @POST
  @Idempotent
  @Blocking
  @Requires(Role.ADMIN)
  @Operation(
      summary = "Make a storage provider of a bucket",
      description =
          "The bucket is probed first: what it has to do is tried, and checks says what it lacks and"
              + " what is done instead. 422, and nothing is saved, when it does not answer or refuses.")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = CheckedProvider.class)))
  public RestResponse<CheckedProvider> create(NewProvider wanted) {
    CheckedProvider made = createProvider.create(caller.team(), RequestProblem.required(wanted));
    return RestResponse.ResponseBuilder.<CheckedProvider>created(
            URI.create("/storageProviders/" + made.id()))
        .entity(made)
        .build();
  }

  @GET
  @Path("/{provider}")
  @Operation(summary = "Show a storage provider; its secret is masked")
  public Uni<Provider> details(String provider) {
    return providers.get(caller.team(), provider);
  }

  @POST
  @NaturallyIdempotent("the same change again changes nothing")
  @Path("/{provider}")
  @Blocking
  @Requires(Role.ADMIN)
  @Operation(
      summary = "Change a storage provider, key by key; what is not given stays",
      description =
          "An empty endpoint, region, signatureVersion, prefix or urlStyle clears it. What is changed"
              + " is probed first. 409 when bucket or prefix would change under datasets.")
  public CheckedProvider update(String provider, ProviderChange change) {
    return changeProvider.change(caller.team(), provider, RequestProblem.required(change));
  }

  @POST
  @NaturallyIdempotent("it is probed again")
  @Path("/{provider}/probe")
  @Blocking
  @Requires(Role.ADMIN)
  @Operation(
      summary = "Probe the bucket of a storage provider again",
      description = "What it lacks may be another thing by now; what is found counts from then on.")
  public CheckedProvider probe(String provider) {
    return changeProvider.probeAgain(caller.team(), provider);
  }

  @DELETE
  @Path("/{provider}")
  @Requires(Role.ADMIN)
  @Operation(
      summary = "Delete a storage provider that no dataset uses",
      description = "409 while datasets lie there. What lies in the bucket stays.")
  public Uni<Void> delete(String provider) {
    return deleteProvider.delete(caller.team(), provider);
  }
}
