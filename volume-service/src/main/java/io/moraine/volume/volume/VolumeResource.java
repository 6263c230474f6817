package io.moraine.volume.volume;

import io.moraine.kit.auth.Caller;
import io.moraine.kit.paging.PageLimit;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

@Path("/volumes")
class VolumeResource {
  private static final int USUAL_PAGE = 100;

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
      @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000"))
          @QueryParam("limit")
          @DefaultValue("100")
          String limit) {
    int most = PageLimit.of(limit, USUAL_PAGE);
    return volumes
        .page(caller.team(), cursor, most)
        .map(
            items ->
                new Page(
                    items,
                    items.size() < most
                        ? Optional.empty()
                        : Optional.of(items.get(items.size() - 1).id())));
  }
}
