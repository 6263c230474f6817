package io.moraine.dataset.lineage;

import io.moraine.kit.auth.Caller;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where a version comes from, and what became of it. */
@Path("/datasets/{dataset}/versions/{version}/lineage")
@Tag(name = "Versions")
class LineageResource {
  private static final int DEEPEST = 20;

  private final WalkLineage lineage;
  private final Caller caller;

  LineageResource(WalkLineage lineage, Caller caller) {
    this.lineage = lineage;
    this.caller = caller;
  }

  @GET
  @Operation(
      summary = "Show which jobs made a version from what, and which read it",
      description =
          "direction up walks to what it was made from, down to what was made from it; depth counts"
              + " jobs. A version that was deleted is found by its ids, and is gone in the answer."
              + " At most 1,000 reads and writes; truncated tells that there are more.")
  public Uni<Lineage> of(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @Parameter(schema = @Schema(enumeration = {"up", "down", "both"}))
          @QueryParam("direction")
          @DefaultValue("both")
          String direction,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "20"))
          @QueryParam("depth")
          @DefaultValue("3")
          String depth) {
    return lineage.from(caller.team(), dataset, version, direction(direction), depth(depth));
  }

  private static Direction direction(String word) {
    return Direction.named(word)
        .orElseThrow(() -> invalid("direction must be one of up, down and both."));
  }

  private static int depth(String text) {
    try {
      int depth = Integer.parseInt(text);
      if (depth >= 1 && depth <= DEEPEST) {
        return depth;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid("depth must be a number from 1 to %d.".formatted(DEEPEST));
  }

  private static RuntimeException invalid(String detail) {
    return new RequestProblem.Invalid(detail).exception();
  }
}
