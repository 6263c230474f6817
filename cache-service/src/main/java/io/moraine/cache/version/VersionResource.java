package io.moraine.cache.version;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.remote.DatasetsClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.database.Database;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Versions in the team's cache, and the pins that keep them there. */
@Path("/cache/versions/{dataset}/{version}")
public class VersionResource {
  private static final Pattern HOLDER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,255}");
  private static final long LONGEST_PIN_SECONDS = Duration.ofDays(30).toSeconds();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Caller caller;
  private final VersionStore store;
  private final PinStore pins;
  private final Database database;
  private final DatasetsClient datasets;
  private final ShareStorage storage;
  private final FillWorker fills;
  private final EvictWorker evictions;
  private final Counter hits;

  VersionResource(
      Caller caller,
      VersionStore store,
      PinStore pins,
      Database database,
      DatasetsClient datasets,
      ShareStorage storage,
      FillWorker fills,
      EvictWorker evictions,
      MeterRegistry metrics) {
    this.caller = caller;
    this.store = store;
    this.pins = pins;
    this.database = database;
    this.datasets = datasets;
    this.storage = storage;
    this.fills = fills;
    this.evictions = evictions;
    this.hits = metrics.counter("moraine.cache.hits");
  }

  /**
   * @param expiresInSeconds 1 to 2,592,000 (30 days)
   */
  public record PinRequest(long expiresInSeconds) {}

  /**
   * @param path where the version is seen once it is cached
   */
  public record Answer(
      DatasetId dataset,
      VersionId version,
      VersionState state,
      String path,
      Sha256 digest,
      long files,
      long bytes,
      Optional<String> reason,
      List<Pin> pins) {}

  @GET
  @Operation(summary = "How far a version is on its way into or out of the cache, and who pins it")
  public Uni<Answer> get(
      @PathParam("dataset") DatasetId dataset, @PathParam("version") VersionId version) {
    return answer(new VersionKey(caller.team(), dataset, version));
  }

  @PUT
  @Path("/pins/{holder}")
  @Blocking
  @Operation(summary = "Wants a version cached and keeps it so until the pin expires")
  public Answer pin(
      @PathParam("dataset") DatasetId dataset,
      @PathParam("version") VersionId version,
      @PathParam("holder") String holder,
      PinRequest request)
      throws IOException {
    VersionKey key = new VersionKey(caller.team(), dataset, version);
    Duration expires = expires(checked(holder), request);
    if (store.find(key).await().atMost(PATIENCE).isEmpty()) {
      want(key);
    }
    CachedVersion pinned =
        database
            .transaction(
                tx ->
                    store
                        .wantAgain(tx, key)
                        .map(
                            found ->
                                found.orElseThrow(new VersionProblem.NotWanted(key)::exception))
                        .call(() -> pins.put(tx, key, holder, expires))
                        .call(() -> store.pinned(tx, key)))
            .await()
            .atMost(PATIENCE);
    if (pinned.state() == VersionState.CACHED) {
      hits.increment();
    }
    fills.wake();
    return answer(key).await().atMost(PATIENCE);
  }

  @DELETE
  @Path("/pins/{holder}")
  @Operation(summary = "Lets a pin go; the version stays until its room is needed")
  public Uni<Void> unpin(
      @PathParam("dataset") DatasetId dataset,
      @PathParam("version") VersionId version,
      @PathParam("holder") String holder) {
    VersionKey key = new VersionKey(caller.team(), dataset, version);
    return database
        .transaction(tx -> pins.delete(tx, key, checked(holder)).chain(() -> store.pinned(tx, key)))
        .chain(() -> store.retryWaiting(key.team()))
        .invoke(
            () -> {
              fills.wake();
              evictions.wake(); // it may have been deleted meanwhile
            });
  }

  /** Asks dataset-service for a version that is not known here. */
  private void want(VersionKey key) throws IOException {
    try {
      DatasetsClient.Committed version =
          datasets
              .committed(key.team(), key.dataset(), key.version())
              .orElseThrow(new VersionProblem.NotCommitted(key)::exception);
      database
          .transaction(
              tx -> store.want(tx, key, version.digest(), version.files(), version.bytes()))
          .await()
          .atMost(PATIENCE);
    } catch (RefusedException e) {
      throw e.isNotFound()
          ? new RequestProblem.NotFound("version", key.toString()).exception()
          : new RequestProblem.Http(e.status(), e.getMessage()).exception();
    }
  }

  private Uni<Answer> answer(VersionKey key) {
    return store
        .find(key)
        .map(found -> found.orElseThrow(new VersionProblem.NotWanted(key)::exception))
        .chain(version -> pins.list(key).map(held -> answer(version, held)));
  }

  private Answer answer(CachedVersion version, List<Pin> held) {
    VersionKey key = version.key();
    return new Answer(
        key.dataset(),
        key.version(),
        version.state(),
        storage.team(key.team()).version(key.dataset(), key.version()).toString(),
        version.digest(),
        version.files(),
        version.bytes(),
        version.reason(),
        held);
  }

  private static String checked(String holder) {
    if (!HOLDER.matcher(holder).matches()) {
      throw new RequestProblem.Invalid(
              "A pin's holder has 1 to 256 letters, digits, '.', '_', ':' or '-' and begins with a"
                  + " letter or digit.")
          .exception();
    }
    return holder;
  }

  private static Duration expires(String holder, PinRequest request) {
    if (request == null
        || request.expiresInSeconds() < 1
        || request.expiresInSeconds() > LONGEST_PIN_SECONDS) {
      throw new RequestProblem.Invalid(
              "The pin of %s needs expiresInSeconds of 1 to %d (30 days)."
                  .formatted(holder, LONGEST_PIN_SECONDS))
          .exception();
    }
    return Duration.ofSeconds(request.expiresInSeconds());
  }
}
