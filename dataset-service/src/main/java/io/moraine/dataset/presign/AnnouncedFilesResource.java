package io.moraine.dataset.presign;

import io.moraine.dataset.announce.AnnouncedFile;
import io.moraine.dataset.announce.Announcements;
import io.moraine.dataset.paging.PathCursor;
import io.moraine.dataset.version.VersionKey;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.paging.PageLimit;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Files that were announced and have not arrived: why a commit is refused, and the way out. */
@Path("/datasets/{dataset}/versions/{version}/files:announced")
@Tag(name = "Files")
class AnnouncedFilesResource {
  /**
   * @param nextCursor where the next page goes on, when there is one
   */
  record Page(List<AnnouncedFile> items, Optional<String> nextCursor) {}

  private final Announcements announcements;
  private final Versions versions;
  private final Caller caller;

  AnnouncedFilesResource(Announcements announcements, Versions versions, Caller caller) {
    this.announcements = announcements;
    this.versions = versions;
    this.caller = caller;
  }

  @GET
  @Operation(
      summary = "List files that were announced and have not arrived",
      description =
          "In the order of their paths, at most 1,000 a page; nextCursor, given as cursor, goes on.")
  public Uni<Page> list(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @QueryParam("cursor") @DefaultValue("") String cursor,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000"))
          @QueryParam("limit")
          @DefaultValue("1000")
          String limit) {
    Optional<FilePath> after = cursor.isEmpty() ? Optional.empty() : Optional.of(after(cursor));
    int most = PageLimit.of(limit, PageLimit.LONGEST);
    return key(dataset, Versions.ref(dataset, version))
        .chain(key -> announcements.page(key.dataset(), key.version(), after, most))
        .map(items -> new Page(items, next(items, most)));
  }

  @DELETE
  @Operation(
      summary = "Give up all files that were announced and have not arrived",
      description = "The version can be committed without them then. Files that are there stay.")
  public Uni<Void> giveUp(
      @PathParam("dataset") String dataset, @PathParam("version") String version) {
    return key(dataset, Versions.exactRef(dataset, version))
        .chain(key -> announcements.giveUp(key.dataset(), key.version()))
        .replaceWithVoid();
  }

  private Uni<VersionKey> key(String dataset, DatasetRef ref) {
    return versions.find(caller.team(), ref).map(found -> found.key());
  }

  private static FilePath after(String cursor) {
    return PathCursor.decode(cursor).flatMap(PathCursor::path).orElseThrow(PathCursor::refused);
  }

  private static Optional<String> next(List<AnnouncedFile> items, int most) {
    return items.size() < most
        ? Optional.empty()
        : Optional.of(PathCursor.encode(items.get(items.size() - 1).path().toString()));
  }
}
