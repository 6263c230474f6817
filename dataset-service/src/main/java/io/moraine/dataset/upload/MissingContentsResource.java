package io.moraine.dataset.upload;

import io.moraine.content.format.ContentId;
import io.moraine.dataset.content.Contents;
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

/** Which contents need not be sent. */
@Path("/datasets/{dataset}/versions/{version}/contents:missing")
@Tag(name = "Direct transfer")
@Blocking
class MissingContentsResource {
  /** In the order they were asked for. */
  record Missing(List<String> missing) {}

  private final UploadVersion versions;
  private final Contents contents;
  private final Caller caller;

  MissingContentsResource(UploadVersion versions, Contents contents, Caller caller) {
    this.versions = versions;
    this.contents = contents;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("it only reads")
  @Operation(
      summary = "Ask which contents are missing",
      description = "Of up to 10,000 contents, those that the store does not have.")
  public Missing missing(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      NamedContents body) {
    Store store = versions.openStore(caller.team(), dataset, version);
    return new Missing(
        contents.missing(store, NamedContents.of(body)).stream().map(ContentId::text).toList());
  }
}
