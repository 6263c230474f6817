package io.moraine.dataset.provider;

import io.moraine.dataset.paging.ListFilter;
import io.moraine.kit.auth.Caller;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/storageProviders")
@Tag(name = "Storage providers")
class StorageProviderResource {
  private final Providers providers;
  private final Caller caller;

  StorageProviderResource(Providers providers, Caller caller) {
    this.providers = providers;
    this.caller = caller;
  }

  @GET
  @Operation(summary = "List the team's storage providers; secrets are masked")
  public Uni<List<Provider>> list(@BeanParam ListFilter filter) {
    return providers.list(caller.team(), filter);
  }

  @GET
  @Path("/{provider}")
  @Operation(summary = "Show a storage provider; its secret is masked")
  public Uni<Provider> details(String provider) {
    return providers.get(caller.team(), provider);
  }
}
