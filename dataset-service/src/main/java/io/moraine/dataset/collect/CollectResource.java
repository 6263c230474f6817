package io.moraine.dataset.collect;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.provider.Providers;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.vocabulary.TeamId;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/collections")
@Tag(name = "Garbage")
class CollectResource {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final Collector collector;
  private final Providers providers;
  private final Caller caller;

  CollectResource(Collector collector, Providers providers, Caller caller) {
    this.collector = collector;
    this.providers = providers;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("a second run finds what the first one left")
  @Blocking
  @Requires(Role.ADMIN)
  @Operation(
      summary = "Collect the team's garbage now",
      description =
          "What nothing reaches is condemned; what an earlier run condemned at least the grace period"
              + " ago is deleted. It runs by itself every hour. Answers when the run has ended; 409"
              + " while there is another. Of one storage provider: the one that is named, else the"
              + " managed one.")
  public Collected collect(@QueryParam("storageProviderId") Optional<String> provider) {
    TeamId team = caller.team();
    return collector.collect(
        new Store(
            team,
            provider
                .map(id -> providers.get(team, id))
                .orElseGet(() -> providers.managed(team))
                .await()
                .atMost(DATABASE_PATIENCE)
                .id()));
  }
}
