package io.moraine.dataset.diff;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.dataset.diff.DiffVersions.Pair;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.paging.PageLimit;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What differs between two versions. */
@Path("/datasets/{dataset}/diff/{versions}")
@Tag(name = "Versions")
@Blocking
class DiffResource {
  private static final String NDJSON = "application/x-ndjson";
  private static final String BETWEEN = "...";

  /** The line without which the others broke off. */
  record End(boolean end, @JsonUnwrapped DiffSums sums) {}

  private final DiffVersions diff;
  private final ObjectMapper json;
  private final Caller caller;

  DiffResource(DiffVersions diff, ObjectMapper json, Caller caller) {
    this.diff = diff;
    this.json = json;
    this.caller = caller;
  }

  @GET
  @Operation(
      summary = "Compare two committed versions",
      description =
          "versions is {from}...{to}, each an id, a tag or latest. At most 1,000 differences a page, in the order of their paths' bytes;"
              + " nextCursor, given as cursor, goes on. summary=true gives the sums only. With Accept:"
              + " application/x-ndjson all differences, one a line; the last line is {end: true} with the"
              + " sums, without which the answer broke off.")
  @APIResponse(
      responseCode = "200",
      description = "A page, the sums, or all of them.",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(anyOf = {DiffVersions.Page.class, DiffSums.class})),
        @Content(mediaType = NDJSON, schema = @Schema(type = SchemaType.STRING))
      })
  @APIResponse(responseCode = "409", description = "One of them is not committed.")
  public Response compare(
      @PathParam("dataset") String dataset,
      @PathParam("versions") String versions,
      @QueryParam("prefix") @DefaultValue("") String prefix,
      @QueryParam("cursor") Optional<String> cursor,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000"))
          @QueryParam("limit")
          @DefaultValue("1000")
          String limit,
      @QueryParam("summary") @DefaultValue("false") boolean summary,
      @HeaderParam("Accept") @DefaultValue("") String accept)
      throws IOException {
    int most = PageLimit.of(limit, PageLimit.LONGEST);
    Optional<String> after = cursor.filter(c -> !c.isEmpty());
    after.ifPresent(DiffVersions::decode);
    int dots = versions.indexOf(BETWEEN);
    if (dots < 0) {
      throw new RequestProblem.Invalid("Two versions are compared as {from}...{to}.").exception();
    }
    String from = versions.substring(0, dots);
    String to = versions.substring(dots + BETWEEN.length());
    Pair pair = diff.pair(caller.team(), dataset, from, to);
    if (summary) {
      return json(diff.all(pair, prefix, after, item -> {}));
    }
    if (accept.contains(NDJSON)) {
      StreamingOutput lines = out -> write(pair, prefix, after, out);
      return Response.ok(lines, NDJSON).build();
    }
    return json(diff.page(pair, prefix, after, most));
  }

  private static Response json(Object answer) {
    return Response.ok(answer, MediaType.APPLICATION_JSON).build();
  }

  private void write(Pair pair, String prefix, Optional<String> after, OutputStream out)
      throws IOException {
    try (JsonGenerator lines = json.createGenerator(out)) {
      lines.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      lines.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      lines.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
      DiffSums sums = diff.all(pair, prefix, after, lines::writePOJO);
      lines.writePOJO(new End(true, sums));
      lines.writeRaw('\n');
    }
  }
}
