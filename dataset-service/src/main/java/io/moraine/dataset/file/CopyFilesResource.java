package io.moraine.dataset.file;

import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Files of other versions. */
@Path("/datasets/{dataset}/versions/{version}/files:copy")
@Tag(name = "Files")
@Blocking
class CopyFilesResource {
  /** How many files were staged. */
  record Copied(long staged) {}

  private final CopyFiles copyFiles;
  private final VersionFiles files;
  private final Caller caller;

  CopyFilesResource(CopyFiles copyFiles, VersionFiles files, Caller caller) {
    this.copyFiles = copyFiles;
    this.files = files;
    this.caller = caller;
  }

  @POST
  @NaturallyIdempotent("the same files again are the same version")
  @Operation(
      summary = "Copy files from another version",
      description =
          "Stages those below prefix, or those of paths (10,000 at most), of the committed version that"
              + " from names, their prefix replaced by to. No byte moves. What was staged before an error"
              + " stays.")
  public Copied copy(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      CopyFiles.Copy copy) {
    Version into = files.version(caller.team(), Versions.exactRef(dataset, version));
    return new Copied(copyFiles.into(caller.team(), into, RequestProblem.required(copy)));
  }
}
