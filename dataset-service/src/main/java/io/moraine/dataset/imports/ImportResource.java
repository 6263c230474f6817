package io.moraine.dataset.imports;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.paging.PageLimit;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.TagName;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** The imports into a dataset. */
@Path("/datasets/{dataset}/imports")
@Tag(name = "Imports")
class ImportResource {
  private static final int PAGE = 100;

  /** What is to be imported. */
  record Request(
      Optional<SourceSpec> source,
      Optional<String> message,
      Optional<List<TagName>> tags,
      Optional<String> base,
      Optional<String> directory) {
    NewImport wanted() {
      try {
        return NewImport.of(source, message, tags, base, directory);
      } catch (IllegalArgumentException e) {
        throw invalid(e.getMessage());
      }
    }
  }

  /** Some imports, and where to go on. */
  record Page(List<Import> items, Optional<String> nextCursor) {}

  private final Datasets datasets;
  private final BeginImport beginImport;
  private final CancelImport cancelImport;
  private final ImportStore store;
  private final Caller caller;

  ImportResource(
      Datasets datasets,
      BeginImport beginImport,
      CancelImport cancelImport,
      ImportStore store,
      Caller caller) {
    this.datasets = datasets;
    this.beginImport = beginImport;
    this.cancelImport = cancelImport;
    this.store = store;
    this.caller = caller;
  }

  @POST
  @Idempotent
  @ResponseStatus(202)
  @Operation(
      summary = "Import files from a URL, a bucket or a git repository",
      description =
          "They become a version that says where it came from: of exactly these files, below"
              + " directory where one is given, or, with base: latest, laid over those of the"
              + " newest version. The answer is the import, which goes on by itself: ask for it"
              + " until its state is done, failed or cancelled.")
  @APIResponse(
      responseCode = "202",
      description = "It has begun.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Import.class)))
  public Uni<Import> begin(@PathParam("dataset") String dataset, Request request) {
    return beginImport.into(caller.team(), dataset, RequestProblem.required(request).wanted());
  }

  @GET
  @Operation(
      summary = "List the imports into a dataset, the newest first",
      description =
          "At most limit (100, up to 1,000) a page; nextCursor, given as cursor, goes on.")
  public Uni<Page> list(
      @PathParam("dataset") String dataset,
      @QueryParam("cursor") Optional<String> cursor,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000"))
          @QueryParam("limit")
          @DefaultValue("100")
          String limit) {
    long before =
        cursor.filter(c -> !c.isEmpty()).map(ImportResource::number).orElse(Long.MAX_VALUE);
    int most = PageLimit.of(limit, PAGE);
    return datasets
        .id(caller.team(), dataset)
        .chain(id -> store.page(id, before, most + 1))
        .map(found -> page(found, most));
  }

  private static Page page(List<ImportStore.Placed> found, int most) {
    List<ImportStore.Placed> shown = found.subList(0, Math.min(most, found.size()));
    return new Page(
        shown.stream().map(ImportStore.Placed::view).toList(),
        found.size() > most
            ? Optional.of(Long.toString(shown.get(most - 1).number()))
            : Optional.empty());
  }

  @GET
  @Path("/{import}")
  @Operation(summary = "Say how far an import is, and how it ended")
  public Uni<Import> details(
      @PathParam("dataset") String dataset, @PathParam("import") String importId) {
    return datasets.id(caller.team(), dataset).chain(id -> cancelImport.find(id, importId));
  }

  @DELETE
  @Path("/{import}")
  @ResponseStatus(202)
  @Operation(
      summary = "Cancel an import",
      description =
          "It ends soon, without a version, and stays in the list. 409 when it is committing"
              + " already, or has ended otherwise.")
  @APIResponse(
      responseCode = "202",
      description = "It is cancelled, or soon will be.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Import.class)))
  public Uni<Import> cancel(
      @PathParam("dataset") String dataset, @PathParam("import") String importId) {
    return datasets.id(caller.team(), dataset).chain(id -> cancelImport.of(id, importId));
  }

  private static long number(String cursor) {
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw invalid("The cursor is not one that a page gave as nextCursor.");
    }
  }

  private static ProblemException invalid(String detail) {
    return new RequestProblem.Invalid(detail).exception();
  }
}
