package io.moraine.dataset.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.paging.PageFilter;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/workflows")
@Tag(name = "Workflows")
class WorkflowResource {
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,128}");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

  /** As {@code RunStarted} has it. */
  private static final Pattern REGION = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /** An event is at most 900 KiB, and a spec is longer than what storage needs of it. */
  private static final int LONGEST_SPEC = 512 << 10;

  record NewWorkflow(String name, Optional<String> projectId) {
    NewWorkflow {
      if (name == null || name.isBlank() || !NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("name must be 1 to 128 printable characters.");
      }
      projectId.ifPresent(
          project -> {
            if (!NAME.matcher(project).matches()) {
              throw new IllegalArgumentException(
                  "projectId must be 1 to 128 printable characters.");
            }
          });
    }
  }

  /** What else the client sends ({@code run}, {@code markDefault}) changes nothing here. */
  @Schema(
      examples =
          """
          {"spec": {"jobs": {"train": {"outputs": {"model": {"type": "dataset", "with": {"ref": "models"}}}}}}}
          """)
  record NewRunRequest(
      @Schema(type = SchemaType.OBJECT, implementation = Object.class) JsonNode spec,
      Optional<String> clusterId,
      @Schema(type = SchemaType.OBJECT, implementation = Object.class) JsonNode inputs) {}

  private final WorkflowStore store;
  private final StartRun startRun;
  private final Caller caller;
  private final String region;

  WorkflowResource(
      WorkflowStore store,
      StartRun startRun,
      Caller caller,
      @ConfigProperty(name = "MORAINE_REGION", defaultValue = "local") String region) {
    this.store = store;
    this.startRun = startRun;
    this.caller = caller;
    this.region = region;
  }

  @POST
  @Idempotent
  @ResponseStatus(201)
  @Operation(summary = "Make a workflow")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Workflow.class)))
  public Uni<Workflow> create(NewWorkflow wanted) {
    RequestProblem.required(wanted);
    return store.create(caller.team(), wanted.name(), wanted.projectId().orElse(""));
  }

  @GET
  @Operation(
      summary = "List the team's workflows by name",
      description =
          "filter[where][projectId] leaves those of one project. At most 1,000 a page; the answer's"
              + " header Link leads to the next.")
  public Uni<RestResponse<List<Workflow>>> list(
      @QueryParam("filter[where][projectId]") Optional<String> projectId,
      @BeanParam PageFilter page) {
    return after(page)
        .chain(after -> store.list(caller.team(), projectId, after, page.limit()))
        .map(listed -> page.answer(listed, Workflow::id));
  }

  /** The workflow that the page before ended with, which is still there: none ever goes. */
  private Uni<Optional<String>> after(PageFilter page) {
    return page.after().isEmpty()
        ? Uni.createFrom().item(Optional.empty())
        : store
            .find(caller.team(), page.after())
            .map(last -> Optional.of(last.orElseThrow(PageFilter::refused).id()));
  }

  @GET
  @Path("/{workflow}")
  @Operation(summary = "Show a workflow")
  public Uni<Workflow> details(@PathParam("workflow") String workflow) {
    return found(caller.team(), workflow);
  }

  @POST
  @Idempotent
  @Path("/{workflow}/runs")
  @ResponseStatus(201)
  @Operation(
      summary = "Start a run",
      description =
          "The spec's datasets and volumes become a RunStarted event on moraine.runs, in the region"
              + " that clusterId names; 422 says everything that is wrong with it. An engine runs"
              + " the jobs.")
  @APIResponse(
      responseCode = "201",
      description = "It is started.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = RunView.class)))
  public Uni<RunView> start(@PathParam("workflow") String workflow, NewRunRequest request) {
    TeamId team = caller.team();
    String keyId = ownKey();
    return found(team, workflow)
        .chain(
            found -> {
              JsonNode spec = spec(RequestProblem.required(request));
              RunSpec read = new SpecReader(spec, request.inputs()).read();
              return startRun.of(team, keyId, found.id(), cluster(request), spec, read);
            })
        .chain(number -> run(team, workflow, number));
  }

  /** A run's token is its key's, and one of a service would be for no team. */
  private String ownKey() {
    if (caller.role() == Role.SERVICE) {
      throw new RequestProblem.Invalid(
              "A run is started with a key of its team; a service key belongs to none.")
          .exception();
    }
    return caller.keyId();
  }

  private static JsonNode spec(NewRunRequest request) {
    if (request.spec() == null || !request.spec().isObject()) {
      throw new RequestProblem.Invalid("spec is missing: a workflow spec as a JSON object.")
          .exception();
    }
    if (request.spec().toString().length() > LONGEST_SPEC) {
      throw new RequestProblem.Invalid("spec is longer than 512 KiB; split the workflow.")
          .exception();
    }
    return request.spec();
  }

  private String cluster(NewRunRequest request) {
    String cluster = request.clusterId().filter(id -> !id.isEmpty()).orElse(region);
    if (!REGION.matcher(cluster).matches()) {
      throw new RequestProblem.Invalid(
              "clusterId names a region: 1 to 63 lower-case letters, digits or '-'; here it is "
                  + region
                  + ".")
          .exception();
    }
    return cluster;
  }

  @GET
  @Path("/{workflow}/runs")
  @Operation(
      summary = "List a workflow's runs, the newest first",
      description =
          "At most 1,000 a page, and fewer when their specs have more than 4 MiB; the answer's header"
              + " Link leads to the next.")
  public Uni<RestResponse<List<RunView>>> runs(
      @PathParam("workflow") String workflow, @BeanParam PageFilter page) {
    TeamId team = caller.team();
    int before = page.after().isEmpty() ? Integer.MAX_VALUE : number(page.after());
    return found(team, workflow)
        .chain(found -> store.runs(team, found.id(), before, page.limit()))
        .map(
            runs -> {
              boolean more = !runs.isEmpty() && runs.get(runs.size() - 1).number() > 1;
              return page.answer(runs.stream().map(StoredRun::view).toList(), RunView::id, more);
            });
  }

  private static int number(String cursor) {
    if (!NUMBER.matcher(cursor).matches()) {
      throw PageFilter.refused();
    }
    return Integer.parseInt(cursor);
  }

  @GET
  @Path("/{workflow}/runs/{number}")
  @Operation(
      summary = "Show a run",
      description =
          "PENDING, RUNNING once a job may run, and when all its jobs have ended SUCCEEDED, or"
              + " FAILED when one of them failed or was cancelled; FAILED with reasons when it was"
              + " refused. A job has succeeded when its outputs are committed.")
  public Uni<RunView> run(
      @PathParam("workflow") String workflow, @PathParam("number") String number) {
    return NUMBER.matcher(number).matches()
        ? run(caller.team(), workflow, Integer.parseInt(number))
        : Uni.createFrom().failure(missingRun(workflow, number));
  }

  private Uni<RunView> run(TeamId team, String workflow, int number) {
    return store
        .run(team, workflow, number)
        .map(
            found ->
                found.orElseThrow(() -> missingRun(workflow, Integer.toString(number))).view());
  }

  private Uni<Workflow> found(TeamId team, String workflow) {
    return store
        .find(team, workflow)
        .map(found -> found.orElseThrow(() -> StartRun.missing(workflow)));
  }

  private static RuntimeException missingRun(String workflow, String number) {
    return new RequestProblem.NotFound("run", number + " of workflow " + workflow).exception();
  }
}
