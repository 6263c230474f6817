package io.moraine.volume.run;

import io.moraine.events.volume.Mount;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.paging.PageLimit;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.RunName;
import io.moraine.volume.mount.RunKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;

@Path("/runs")
class RunResource {
  private static final int USUAL_PAGE = 100;

  private final RunStore runs;
  private final Caller caller;

  RunResource(RunStore runs, Caller caller) {
    this.runs = runs;
    this.caller = caller;
  }

  /**
   * A page of the team's runs.
   *
   * @param nextCursor where the next page begins; absent on the last
   */
  record Page(List<RunDetails.Line> items, Optional<String> nextCursor) {}

  /** What a job finds where. */
  record MountsOfJob(RunName run, RunName job, List<Mount> mounts) {}

  @GET
  @Operation(summary = "The team's runs by name; `limit` is at most 1000")
  public Uni<Page> list(
      @QueryParam("cursor") @DefaultValue("") String cursor,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000"))
          @QueryParam("limit")
          @DefaultValue("100")
          String limit) {
    int most = PageLimit.of(limit, USUAL_PAGE);
    return runs.page(caller.team(), cursor, most).map(items -> page(items, most));
  }

  private static Page page(List<RunDetails.Line> items, int limit) {
    return new Page(
        items,
        items.size() < limit
            ? Optional.empty()
            : Optional.of(items.get(items.size() - 1).run().text()));
  }

  @GET
  @Path("/{run}")
  @Operation(summary = "A run: its state, what its inputs were frozen to, what its outputs became")
  public Uni<RunDetails> details(@PathParam("run") String name) {
    RunKey run = key(name);
    return runs.details(run).map(found -> found.orElseThrow(() -> notFound(run.run())));
  }

  @GET
  @Path("/{run}/mounts")
  @Operation(summary = "What a ready job finds where, as in its JobReady; 409 before it is ready")
  @APIResponse(responseCode = "409", description = "It is not ready, or which job is not said.")
  @APIResponseSchema(
      value = MountsOfJob.class,
      responseCode = "200",
      responseDescription = "Its mounts.")
  public Uni<MountsOfJob> mounts(@PathParam("run") String name, @QueryParam("job") String job) {
    RunKey run = key(name);
    Optional<RunName> named = Optional.ofNullable(job).map(RunResource::name);
    return runs.mounts(run).map(mounts -> mounts(run.run(), named, mounts));
  }

  private static MountsOfJob mounts(
      RunName run, Optional<RunName> named, Map<RunName, Optional<List<Mount>>> mounts) {
    if (mounts.isEmpty()) {
      throw notFound(run);
    }
    if (named.isEmpty() && mounts.size() > 1) {
      throw new RunProblem.WhichJob(run, mounts.keySet()).exception();
    }
    RunName job = named.orElseGet(() -> mounts.keySet().iterator().next());
    if (!mounts.containsKey(job)) {
      throw new RequestProblem.NotFound("job", job + " of run " + run).exception();
    }
    return new MountsOfJob(
        run, job, mounts.get(job).orElseThrow(() -> new RunProblem.NotReady(run, job).exception()));
  }

  private RunKey key(String name) {
    return new RunKey(caller.team(), name(name));
  }

  private static RunName name(String text) {
    try {
      return new RunName(text);
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid(e.getMessage()).exception();
    }
  }

  private static RuntimeException notFound(RunName run) {
    return new RequestProblem.NotFound("run", run.text()).exception();
  }
}
