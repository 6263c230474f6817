package io.moraine.volume.volume;

import io.moraine.kit.auth.Caller;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;

@Path("/volumes")
class VolumeResource {
  private static final int MOST = 1000;

  private final VolumeStore volumes;
  private final Caller caller;

  VolumeResource(VolumeStore volumes, Caller caller) {
    this.volumes = volumes;
    this.caller = caller;
  }

  /**
   * A page of the team's volumes.
   *
   * @param nextCursor where the next page begins; absent on the last
   */
  record Page(List<VolumeDetails> items, Optional<String> nextCursor) {}

  @GET
  @Operation(summary = "The team's volumes that exist, by id; `limit` is at most 1000")
  public Uni<Page> list(
      @QueryParam("cursor") @DefaultValue("") String cursor,
      @QueryParam("limit") @DefaultValue("100") int limit) {
    if (limit < 1 || limit > MOST) {
      throw new RequestProblem.Invalid("limit must be 1 to " + MOST + ", not " + limit + ".")
          .exception();
    }
    return volumes
        .page(caller.team(), cursor, limit)
        .map(
            items ->
                new Page(
                    items,
                    items.size() < limit
                        ? Optional.empty()
                        : Optional.of(items.get(items.size() - 1).id())));
  }
}
