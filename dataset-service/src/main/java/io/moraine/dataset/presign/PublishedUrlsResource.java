package io.moraine.dataset.presign;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.presign.PreSignedUrlsResource.Request;
import io.moraine.dataset.presign.PreSignedUrlsResource.Signed;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Signed S3 calls about a public dataset by its name, which the client does not always resolve. */
@Path(
    "/datasets/{namespace}/{name:"
        + Datasets.NAME_SEGMENT
        + "}/versions/{version}/s3/preSignedUrls")
@Tag(name = "Files")
@Blocking
class PublishedUrlsResource {
  private final PreSignedUrlsResource resource;

  PublishedUrlsResource(PreSignedUrlsResource resource) {
    this.resource = resource;
  }

  @POST
  @NaturallyIdempotent("signed again; an upload that nobody goes on with ends by itself")
  @Requires(Role.READER)
  @Operation(
      summary = "Sign S3 calls about a public dataset",
      description = "As for a dataset by its id; only its own team gets calls that change it.")
  public List<Signed> sign(
      @PathParam("namespace") String namespace,
      @PathParam("name") String name,
      @PathParam("version") String version,
      Request request) {
    return resource.sign(Versions.ref(namespace, name, version), request);
  }
}
