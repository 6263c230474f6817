package io.moraine.dataset.provider;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.paging.V1Filter;
import io.moraine.dataset.paging.V1Page;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.ProviderId;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Storage providers in the shape of Paperspace's newer API; {@link StorageProviderResource} does
 * the work.
 */
@Path("/v1/storage-providers")
@Tag(name = "v1")
class V1StorageProviderResource {
  /**
   * As {@code v1} shows a provider.
   *
   * @param isTeamDefault whether datasets lie there when none is named, which is the managed one
   */
  record V1Provider(
      ProviderId id,
      String name,
      @JsonProperty("isManaged") boolean isManaged,
      @JsonProperty("isTeamDefault") boolean isTeamDefault,
      Map<String, String> s3Config) {
    static V1Provider of(Provider provider) {
      return new V1Provider(
          provider.id(),
          provider.name(),
          provider.managed(),
          provider.managed(),
          provider.config());
    }

    static V1Provider of(CheckedProvider provider) {
      return new V1Provider(
          provider.id(),
          provider.name(),
          provider.managed(),
          provider.managed(),
          provider.config());
    }
  }

  /** What a provider is made from. */
  record Creation(
      Optional<String> storageProviderType, String name, Optional<ConfigChange> s3Config) {
    Creation {
      if (s3Config.isEmpty()) {
        throw new IllegalArgumentException(
            "s3Config is missing: bucket, accessKey and secretAccessKey at least.");
      }
      new NewProvider(storageProviderType, name, s3Config); // which says what is wrong
    }

    private NewProvider wanted() {
      return new NewProvider(storageProviderType, name, s3Config);
    }
  }

  /** What to change of a provider; what is absent stays. */
  record Change(Optional<String> name, Optional<ConfigChange> s3Config) {
    Change {
      new ProviderChange(name, s3Config); // which says what is wrong
    }

    private ProviderChange wanted() {
      return new ProviderChange(name, s3Config);
    }
  }

  private final StorageProviderResource providers;

  V1StorageProviderResource(StorageProviderResource providers) {
    this.providers = providers;
  }

  @GET
  @Operation(summary = "List the team's storage providers; secrets are masked")
  public Uni<V1Page<V1Provider>> list(@BeanParam V1Filter asked) {
    return providers
        .list(asked.filter())
        .map(found -> asked.page(found.stream().map(V1Provider::of).toList()));
  }

  @POST
  @Idempotent
  @Blocking
  @Requires(Role.ADMIN)
  @Operation(
      summary = "Make a storage provider of a bucket",
      description = "The bucket is probed first; 422 when it does not answer or refuses.")
  public RestResponse<V1Provider> create(Creation wanted) {
    CheckedProvider made = providers.create(RequestProblem.required(wanted).wanted()).getEntity();
    return RestResponse.status(RestResponse.Status.CREATED, V1Provider.of(made));
  }

  @GET
  @Path("/{provider}")
  @Operation(summary = "Show a storage provider; its secret is masked")
  public Uni<V1Provider> details(String provider) {
    return providers.details(provider).map(V1Provider::of);
  }

  @PUT
  @Path("/{provider}")
  @Blocking
  @Requires(Role.ADMIN)
  @Operation(summary = "Change a storage provider, key by key; what is not given stays")
  public V1Provider update(String provider, Change change) {
    return V1Provider.of(providers.update(provider, RequestProblem.required(change).wanted()));
  }

  @DELETE
  @Path("/{provider}")
  @Requires(Role.ADMIN)
  @Operation(summary = "Delete a storage provider that no dataset uses")
  public Uni<Map<String, String>> delete(String provider) {
    return providers.delete(provider).replaceWith(Map.of("id", provider));
  }
}
