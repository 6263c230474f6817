package io.moraine.dataset.hold;

import io.moraine.dataset.paging.PageFilter;
import io.moraine.kit.auth.Caller;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/datasets/{dataset}/versions/{version}/holds")
@Tag(name = "Refs and holds")
class VersionHoldsResource {
  private final Holds holds;
  private final Caller caller;

  VersionHoldsResource(Holds holds, Caller caller) {
    this.holds = holds;
    this.caller = caller;
  }

  @GET
  @Operation(summary = "List who holds a version, by name")
  public Uni<RestResponse<List<Hold>>> list(
      String dataset, String version, @BeanParam PageFilter page) {
    return holds
        .of(caller.team(), dataset, version, page.after(), page.limit())
        .map(listed -> page.answer(listed, Hold::holder));
  }

  @DELETE
  @Path("/{holder}")
  @Operation(summary = "Let a version go", description = "204, also when there is no such hold.")
  public Uni<Void> release(String dataset, String version, String holder) {
    return holds.release(caller.team(), dataset, version, holder);
  }
}
