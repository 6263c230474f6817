package io.moraine.dataset.upload;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where to get contents. */
@Path("/datasets/{dataset}/versions/{version}/contents:locate")
@Tag(name = "Direct transfer")
@Blocking
class LocateContentsResource {
  private final UploadVersion versions;
  private final LocateContents locate;
  private final Caller caller;

  LocateContentsResource(UploadVersion versions, LocateContents locate, Caller caller) {
    this.versions = versions;
    this.locate = locate;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("it only reads")
  @Requires(Role.READER)
  @Operation(
      summary = "Get URLs to read contents from",
      description =
          "For up to 10,000 contents: the objects that hold them, each with a URL that is good for 15 minutes"
              + " and takes Range, and where in them each content lies. Where there are headers, they are to be sent.")
  public LocateContents.Places locate(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      NamedContents body) {
    Store store = versions.store(caller.team(), dataset, version);
    return locate.of(store, NamedContents.of(body));
  }
}
