package io.moraine.dataset.file;

import io.moraine.content.file.FileCutter;
import io.moraine.content.file.WrongLengthException;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.ProblemMapper;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The files of a version, on worker threads: bytes move here. */
@Path("/datasets/{dataset}/versions/{version}/files")
@Tag(name = "Files")
@Blocking
class FileResource {
  private static final String NDJSON = "application/x-ndjson";
  private static final int LONGEST_PAGE = 1_000;

  /** What a put is answered with. */
  record PutAnswer(FilePath path, long sizeBytes, Sha256 sha256, Sha256 digest) {}

  private final PutFile putFile;
  private final VersionFiles files;
  private final ListFiles listFiles;
  private final StageFiles stageFiles;
  private final DeleteFile deleteFile;
  private final ReadFile readFile;
  private final Caller caller;

  FileResource(
      PutFile putFile,
      VersionFiles files,
      ListFiles listFiles,
      StageFiles stageFiles,
      DeleteFile deleteFile,
      ReadFile readFile,
      Caller caller) {
    this.putFile = putFile;
    this.files = files;
    this.listFiles = listFiles;
    this.stageFiles = stageFiles;
    this.deleteFile = deleteFile;
    this.readFile = readFile;
    this.caller = caller;
  }

  @GET
  @Operation(
      summary = "List files",
      description =
          "In the order of their bytes, at most 1,000 a page. With delimiter=/ what lies deeper than"
              + " the prefix is shown as prefixes. nextCursor, given as cursor, goes on. With Accept:"
              + " application/x-ndjson all files from cursor on, one {path, sizeBytes, content} a line;"
              + " the last is {end: true, files, bytes}, without which the answer broke off.")
  @APIResponse(
      responseCode = "200",
      description = "A page, or all of them.",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = ListFiles.Page.class)),
        @Content(mediaType = NDJSON, schema = @Schema(type = SchemaType.STRING))
      })
  public Response list(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @QueryParam("prefix") @DefaultValue("") String prefix,
      @QueryParam("delimiter") @DefaultValue("") String delimiter,
      @QueryParam("cursor") Optional<String> cursor,
      @QueryParam("limit") Optional<String> limit,
      @HeaderParam("Accept") @DefaultValue("") String accept) {
    int most = limit.map(FileResource::limit).orElse(LONGEST_PAGE);
    if (!delimiter.isEmpty() && !delimiter.equals("/")) {
      throw invalid("delimiter is \"/\", or left out.");
    }
    Version found = files.readable(caller.team(), Versions.ref(dataset, version));
    String wanted = withoutSlash(prefix);
    Optional<String> from = cursor.filter(c -> !c.isEmpty());
    if (accept.contains(NDJSON)) {
      StreamingOutput lines = listFiles.stream(found, wanted, from)::writeTo;
      return Response.ok(lines, NDJSON).build();
    }
    return Response.ok(
            listFiles.page(found, wanted, !delimiter.isEmpty(), from, most),
            MediaType.APPLICATION_JSON)
        .build();
  }

  @POST
  @NaturallyIdempotent("the same entries again are the same version")
  @Consumes(NDJSON)
  @Operation(
      summary = "Stage many files",
      description =
          "One JSON object a line, {path, sizeBytes, content} of a content that the store has, or"
              + " {path, deleted: true}. What was staged before an error stays.")
  public StageFiles.Staged stage(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      InputStream body) {
    Version found = files.version(caller.team(), Versions.exactRef(dataset, version));
    return stageFiles.into(found, new EntryLines(body));
  }

  private static int limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= LONGEST_PAGE) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid("limit is a number from 1 to " + LONGEST_PAGE + ".");
  }

  /** The original client's prefixes begin with one. */
  private static String withoutSlash(String prefix) {
    return prefix.startsWith("/") ? prefix.substring(1) : prefix;
  }

  @PUT
  @Path("/{path: .+}")
  @Operation(
      summary = "Put a file",
      description =
          "Streamed, of any length. It is in the version when the answer is there; 409 when the"
              + " version is not open.")
  public PutAnswer put(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @HeaderParam("Content-Length") Optional<Long> length,
      @Context HttpServerRequest request,
      InputStream body) {
    FilePath path = path(request);
    DatasetRef ref = Versions.exactRef(dataset, version);
    try {
      long bytes = length.orElse(FileCutter.UNKNOWN_LENGTH);
      PutFile.Put put = putFile.into(caller.team(), ref, path, bytes, body);
      return new PutAnswer(path, put.sizeBytes(), put.sha256(), put.content().sha256());
    } catch (WrongLengthException e) {
      throw new FileProblem.BodyIncomplete(e.getMessage()).exception();
    } catch (IOException e) {
      throw new FileProblem.BodyIncomplete("the connection broke").exception();
    }
  }

  @GET
  @Path("/{path: .+}")
  @Operation(
      summary = "Read a file",
      description = "Takes one Range. The connection breaks when the stored bytes are not right.")
  @APIResponse(
      responseCode = "200",
      description = "All of it.",
      content = @Content(mediaType = "*/*"))
  @APIResponse(
      responseCode = "206",
      description = "The part that Range asks for.",
      content = @Content(mediaType = "*/*"))
  @APIResponse(responseCode = "304", description = "It is what If-None-Match says.")
  @APIResponse(
      responseCode = "409",
      description = "It was imported by reference, and its source is another now.",
      content = @Content(mediaType = "application/problem+json"))
  @APIResponse(
      responseCode = "416",
      description = "The file ends before the Range begins.",
      content = @Content(mediaType = "application/problem+json"))
  public Response get(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @HeaderParam("Range") String range,
      @HeaderParam("If-Range") String ifRange,
      @HeaderParam("If-None-Match") String ifNoneMatch,
      @Context HttpServerRequest request)
      throws IOException {
    Version found = files.readable(caller.team(), Versions.ref(dataset, version));
    FileEntry file = files.find(found, path(request));
    String etag = etag(file);
    if (etag.equals(ifNoneMatch)) {
      return Response.status(Response.Status.NOT_MODIFIED).header("ETag", etag).build();
    }
    Optional<ByteRange> part =
        ifRange == null || ifRange.equals(etag)
            ? ByteRange.parse(range, file.sizeBytes())
            : Optional.empty();
    if (part.filter(ByteRange::isOutside).isPresent()) {
      return outside(range, file.sizeBytes());
    }
    ByteRange wanted = part.orElse(ByteRange.whole(file.sizeBytes()));
    InputStream bytes = readFile.open(found, file, wanted.offset(), wanted.length());
    Response.ResponseBuilder answer =
        describe(Response.status(part.isPresent() ? 206 : 200), file)
            .header("Content-Length", wanted.length())
            .entity((StreamingOutput) out -> copy(bytes, out));
    part.ifPresent(p -> answer.header("Content-Range", p.of(file.sizeBytes())));
    return answer.build();
  }

  private static Response outside(String range, long sizeBytes) {
    return Response.fromResponse(
            ProblemMapper.answer(new FileProblem.RangeOutside(range, sizeBytes)))
        .header("Content-Range", "bytes */" + sizeBytes)
        .build();
  }

  private static void copy(InputStream bytes, OutputStream out) throws IOException {
    try (bytes) {
      bytes.transferTo(out);
    }
  }

  @HEAD
  @Path("/{path: .+}")
  @Operation(summary = "Describe a file")
  @APIResponse(
      responseCode = "200",
      description = "Its size, type and ETag, as headers.",
      content = @Content(mediaType = "*/*"))
  public Response head(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @Context HttpServerRequest request) {
    Version found = files.readable(caller.team(), Versions.ref(dataset, version));
    FileEntry file = files.find(found, path(request));
    return describe(Response.ok(), file).header("Content-Length", file.sizeBytes()).build();
  }

  private static Response.ResponseBuilder describe(
      Response.ResponseBuilder answer, FileEntry file) {
    return answer
        .header("ETag", etag(file))
        .header("Accept-Ranges", "bytes")
        .header("Content-Type", ReadFile.contentType(file));
  }

  private static String etag(FileEntry file) {
    return "\"" + ETag.of(file) + "\"";
  }

  @DELETE
  @Path("/{path: .+}")
  @Operation(
      summary = "Delete a file from an open version",
      description = "204, also when there is none; 409 when the version is not open.")
  public void delete(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @Context HttpServerRequest request) {
    FilePath path = path(request);
    deleteFile.from(caller.team(), Versions.exactRef(dataset, version), path);
  }

  private static FilePath path(HttpServerRequest request) {
    try {
      return RawPath.file(request.path());
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage());
    }
  }

  private static ProblemException invalid(String detail) {
    return new RequestProblem.Invalid(detail).exception();
  }
}
