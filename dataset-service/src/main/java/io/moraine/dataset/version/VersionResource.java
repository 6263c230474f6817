package io.moraine.dataset.version;

import io.moraine.dataset.collect.Freed;
import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.idempotency.Idempotent;
import io.moraine.dataset.idempotency.NaturallyIdempotent;
import io.moraine.dataset.paging.ListFilter;
import io.moraine.events.dataset.Origin;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.DatasetRef.Selector;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.Status;

/** The versions of a dataset. */
@Path("/datasets/{dataset}/versions")
@Tag(name = "Versions")
class VersionResource {
  private static final Logger LOG = Logger.getLogger(VersionResource.class);
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);
  private static final Map<String, String> ORDER =
      Map.of("dtCreated", "v.created_at", "dtModified", "v.modified_at", "version", "v.id");

  /** What a new version is to be. */
  record Creation(
      Optional<String> base,
      Optional<String> message,
      Optional<List<TagName>> tags,
      Optional<Origin> origin) {
    static final Creation PLAIN =
        new Creation(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    NewVersion wanted(Optional<Selector> base) {
      try {
        return new NewVersion(base, message.orElse(""), tags.orElse(List.of()), origin);
      } catch (IllegalArgumentException e) {
        throw invalid(e.getMessage());
      }
    }
  }

  /** What changes about a version. */
  record Update(Optional<String> message, Optional<Boolean> isCommitted) {
    static final Update NOTHING = new Update(Optional.empty(), Optional.empty());

    Update {
      message.ifPresent(NewVersion::requireMessage);
    }
  }

  private final Datasets datasets;
  private final Versions versions;
  private final VersionStore store;
  private final CreateVersion createVersion;
  private final EditMessage editMessage;
  private final CommitVersion commitVersion;
  private final DeleteVersion deleteVersion;
  private final VersionWorker worker;
  private final Caller caller;

  VersionResource(
      Datasets datasets,
      Versions versions,
      VersionStore store,
      CreateVersion createVersion,
      EditMessage editMessage,
      CommitVersion commitVersion,
      DeleteVersion deleteVersion,
      VersionWorker worker,
      Caller caller) {
    this.datasets = datasets;
    this.versions = versions;
    this.store = store;
    this.createVersion = createVersion;
    this.editMessage = editMessage;
    this.commitVersion = commitVersion;
    this.deleteVersion = deleteVersion;
    this.worker = worker;
    this.caller = caller;
  }

  @GET
  @Operation(summary = "List versions", description = "A bare array, the newest first.")
  public Uni<List<VersionView>> list(
      @PathParam("dataset") String dataset,
      @QueryParam("filter[where][isCommitted]") Optional<Boolean> isCommitted,
      @BeanParam ListFilter filter) {
    return list(datasets.visible(caller.team(), dataset), isCommitted, filter);
  }

  /** Those of a dataset that the caller may read. */
  Uni<List<VersionView>> list(
      Uni<Datasets.Visible> dataset, Optional<Boolean> isCommitted, ListFilter filter) {
    TeamId team = caller.team();
    String orderBy = filter.orderBy(ORDER, "dtCreated DESC", "v.id");
    int limit = filter.limit();
    int skip = filter.skip();
    return dataset
        .chain(
            found ->
                found.isOf(team)
                    ? store.list(found.id(), isCommitted, orderBy, limit, skip)
                    : committed(found.id(), isCommitted, orderBy, limit, skip))
        .map(page -> page.stream().map(VersionView::of).toList());
  }

  /** What another team has not committed is its own business. */
  private Uni<List<Version>> committed(
      DatasetId dataset, Optional<Boolean> isCommitted, String orderBy, int limit, int skip) {
    return isCommitted.orElse(true)
        ? store.list(dataset, Optional.of(true), orderBy, limit, skip)
        : Uni.createFrom().item(List.of());
  }

  @POST
  @Idempotent
  @Operation(
      summary = "Create an open version",
      description =
          "base, a committed version of the same dataset (id, tag, latest or a ref), is what it"
              + " begins as. With an origin, answers with the version that is there for it (200),"
              + " else makes it (201). The tags are set by the commit.")
  @APIResponse(
      responseCode = "201",
      description = "It is made.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = VersionView.class)))
  @APIResponse(
      responseCode = "200",
      description = "It was there for the origin.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = VersionView.class)))
  public Uni<RestResponse<VersionView>> create(
      @PathParam("dataset") String dataset, Creation creation) {
    TeamId team = caller.team();
    Creation asked = creation == null ? Creation.PLAIN : creation;
    Uni<Optional<Selector>> base =
        asked
            .base()
            .map(text -> createVersion.base(team, dataset, text).map(Optional::of))
            .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    return base.chain(selector -> createVersion.in(team, dataset, asked.wanted(selector)))
        .map(
            made ->
                RestResponse.status(
                    made.isNew() ? Status.CREATED : Status.OK, VersionView.of(made.version())));
  }

  @GET
  @Path("/{version}")
  @Operation(summary = "Show a version, by its id, a tag or latest")
  public Uni<VersionView> details(
      @PathParam("dataset") String dataset, @PathParam("version") String version) {
    return versions.visible(caller.team(), Versions.ref(dataset, version)).map(VersionView::of);
  }

  @POST
  @NaturallyIdempotent("a committed version stays committed, with the same message")
  @Path("/{version}")
  @Operation(
      summary = "Edit the message, or commit",
      description =
          "isCommitted: true commits; again, it changes nothing. A commit that takes longer than 30"
              + " s is answered with 202: the version's state tells when it is done. One that is"
              + " open again was refused; commit again to see why.")
  @APIResponse(
      responseCode = "200",
      description = "It is so.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = VersionView.class)))
  @APIResponse(
      responseCode = "202",
      description = "It is still being committed.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = VersionView.class)))
  public Uni<RestResponse<VersionView>> update(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @HeaderParam("If-Match") String ifMatch,
      Update update) {
    DatasetRef ref = Versions.exactRef(dataset, version);
    Update wanted = update == null ? Update.NOTHING : update;
    Precondition precondition = Precondition.of(ifMatch);
    return versions.find(caller.team(), ref).chain(found -> update(found, wanted, precondition));
  }

  private Uni<RestResponse<VersionView>> update(
      Version version, Update wanted, Precondition precondition) {
    if (wanted.isCommitted().orElse(false)) {
      return commit(version, wanted.message(), precondition);
    }
    if (wanted.isCommitted().isPresent() && version.state() != VersionState.OPEN) {
      throw new VersionProblem.NoWayBack(version.key(), version.state()).exception();
    }
    return edit(version, wanted.message(), precondition)
        .map(edited -> RestResponse.ok(VersionView.of(edited)));
  }

  private Uni<Version> edit(Version version, Optional<String> message, Precondition precondition) {
    return message
        .map(text -> editMessage.of(version, text, precondition))
        .orElseGet(() -> Uni.createFrom().item(version));
  }

  private Uni<RestResponse<VersionView>> commit(
      Version version, Optional<String> message, Precondition precondition) {
    return commitVersion
        .enter(version, message, precondition)
        .chain(
            entered ->
                entered.state() == VersionState.COMMITTED
                    ? edit(entered, message, Precondition.NONE)
                    : finish(entered.key()))
        .map(
            now ->
                RestResponse.status(
                    now.state() == VersionState.COMMITTED ? Status.OK : Status.ACCEPTED,
                    VersionView.of(now)));
  }

  /** A dataset that is deleted meanwhile takes its version with it: a 404. */
  private Uni<Version> finish(VersionKey key) {
    return waitFor(key, worker::finish).chain(() -> versions.get(key));
  }

  /**
   * Until it is finished, or for 30 s, or until it fails: then the loop has it. A refusal is passed
   * on.
   */
  private Uni<Void> waitFor(VersionKey key, Function<VersionKey, CompletableFuture<Void>> work) {
    return Uni.createFrom()
        .completionStage(() -> work.apply(key).copy())
        .ifNoItem()
        .after(LONGEST_ANSWER)
        .recoverWithItem((Void) null)
        .onFailure(e -> !(e instanceof ProblemException))
        .invoke(e -> LOG.warnf("%s is rolled forward later: %s", key, e.getMessage()))
        .onFailure(e -> !(e instanceof ProblemException))
        .recoverWithNull();
  }

  @DELETE
  @Path("/{version}")
  @Operation(
      summary = "Delete a version",
      description =
          "Refused while somebody holds it or a tag points at it. 202 when the bucket is slow: it"
              + " is hidden already. With dryRun=true nothing is deleted: it refuses as the"
              + " deletion would, or says what it would free (200).")
  @APIResponse(
      responseCode = "200",
      description = "dryRun: what it would free.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Freed.class)))
  @APIResponse(responseCode = "204", description = "It is gone for good.")
  @APIResponse(responseCode = "202", description = "It is hidden; the bucket is slow.")
  public Uni<RestResponse<Freed>> delete(
      @PathParam("dataset") String dataset,
      @PathParam("version") String version,
      @QueryParam("dryRun") boolean dryRun,
      @HeaderParam("If-Match") String ifMatch) {
    Precondition precondition = Precondition.of(ifMatch);
    Uni<Version> found = versions.find(caller.team(), Versions.exactRef(dataset, version));
    return dryRun
        ? found.chain(v -> deleteVersion.wouldFree(v, precondition)).map(RestResponse::ok)
        : found.chain(v -> delete(v, precondition));
  }

  private Uni<RestResponse<Freed>> delete(Version version, Precondition precondition) {
    return Uni.createFrom()
        .item(version.key())
        .call(key -> deleteVersion.enter(key, precondition))
        .call(key -> waitFor(key, worker::finishAnew))
        .chain(store::find)
        .map(left -> RestResponse.status(left.isPresent() ? Status.ACCEPTED : Status.NO_CONTENT));
  }

  private static ProblemException invalid(String detail) {
    return new RequestProblem.Invalid(detail).exception();
  }
}
