package io.moraine.dataset.upload;

import io.moraine.dataset.content.Store;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.kit.auth.Caller;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What was put. */
@Path("/datasets/{dataset}/versions/{version}/uploads:done")
@Tag(name = "Direct transfer")
@Blocking
class UploadsDoneResource {
  /** How many contents the store has by these objects. */
  record Registered(long contents) {}

  private final UploadVersion versions;
  private final RegisterUploads register;
  private final Caller caller;

  UploadsDoneResource(UploadVersion versions, RegisterUploads register, Caller caller) {
    this.versions = versions;
    this.register = register;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("contents are known by their digests")
  @Operation(
      summary = "Say that objects are uploaded",
      description =
          "Every content of a pack is hashed before it counts; a few packs a request. 409 names an object that"
              + " is not there, 422 one that is not what it says. Repeatable.")
  public Registered done(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      NamedObjects body) {
    Store store = versions.openStore(caller.team(), dataset, version);
    return new Registered(register.of(store, NamedObjects.of(body)));
  }
}
