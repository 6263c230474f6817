package io.moraine.dataset.presign;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Signed S3 calls for the original Gradient client. */
@Path("/datasets/{dataset}/versions/{version}/s3/preSignedUrls")
@Tag(name = "Files")
@Blocking
class PreSignedUrlsResource {
  private static final int MOST_CALLS = 1_000;

  record Request(Optional<List<CallRequest>> calls) {}

  /**
   * @param url a URL; of the calls that the server makes itself, what they answered
   */
  record Signed(Object url, @JsonProperty("expires_in") long expiresIn) {}

  private final SignCalls signCalls;
  private final Caller caller;

  PreSignedUrlsResource(SignCalls signCalls, Caller caller) {
    this.signCalls = signCalls;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("signed again; an upload that nobody goes on with ends by itself")
  @Requires(Role.READER)
  @Operation(
      summary = "Sign S3 calls",
      description =
          "Up to 1,000 calls {method, params} of listObjectsV2, headObject, getObject, putObject,"
              + " deleteObject, createMultipartUpload, uploadPart and completeMultipartUpload;"
              + " answers with an array of {url} in their order, each good for an hour at the S3"
              + " gateway. The server itself makes createMultipartUpload, whose url is an object"
              + " with UploadId, and completeMultipartUpload. A putObject or createMultipartUpload"
              + " announces its file: the version cannot be committed before it arrives, is deleted"
              + " or given up. Writes need a writer's key and an open version.")
  public List<Signed> sign(
      @PathParam("dataset") String dataset, @PathParam("version") String version, Request request) {
    return sign(Versions.ref(dataset, version), request);
  }

  /** Signs calls about any version that the caller may read. */
  List<Signed> sign(DatasetRef version, Request request) {
    List<CallRequest> calls = RequestProblem.required(request).calls().orElse(List.of());
    if (calls.size() > MOST_CALLS) {
      throw new RequestProblem.Invalid(
              "%d calls are too many for one request; the most is %d."
                  .formatted(calls.size(), MOST_CALLS))
          .exception();
    }
    SignCalls.Asker asker = new SignCalls.Asker(caller.team(), caller.keyId(), caller.role());
    return signCalls.of(asker, version, calls).stream()
        .map(url -> new Signed(url, GatewayUrls.LIFETIME.toSeconds()))
        .toList();
  }
}
