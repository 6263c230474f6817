package io.moraine.dataset.workflow;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where the original client looks for what jobs print. */
@Path("/jobs/logs")
@Tag(name = "Workflows")
class JobLogsResource {
  @GET
  @Operation(
      summary = "Say who has the logs of a job",
      description = "Always refuses: the engine that runs the jobs has them.")
  public Uni<Void> logs(@QueryParam("jobId") @DefaultValue("") String jobId) {
    return Uni.createFrom().failure(new WorkflowProblem.NoLogs().exception());
  }
}
