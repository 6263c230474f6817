package io.moraine.dataset.upload;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.kit.auth.Caller;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where to put objects. */
@Path("/datasets/{dataset}/versions/{version}/uploads")
@Tag(name = "Direct transfer")
@Blocking
class UploadsResource {
  /** In the order they were asked for. */
  record Uploads(List<SignUploads.Upload> uploads) {}

  private final UploadVersion versions;
  private final SignUploads sign;
  private final Caller caller;

  UploadsResource(UploadVersion versions, SignUploads sign, Caller caller) {
    this.versions = versions;
    this.sign = sign;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("a URL more stores the same bytes, or none")
  @Operation(
      summary = "Get URLs to upload objects to",
      description =
          "For up to 1,000 packs and blobs: a URL for a PUT with the headers named, good for 15 minutes and"
              + " for these bytes only, or stored: true where the bucket has them.")
  public Uploads sign(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      NamedObjects body) {
    Store store = versions.openStore(caller.team(), dataset, version);
    return new Uploads(sign.of(store, NamedObjects.of(body)));
  }
}
