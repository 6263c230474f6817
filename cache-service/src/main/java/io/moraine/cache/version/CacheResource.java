package io.moraine.cache.version;

import io.moraine.cache.CacheConfig;
import io.moraine.cache.space.Spaces;
import io.moraine.cache.space.TeamSpace;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.auth.Requires;
import io.moraine.kit.auth.Role;
import io.moraine.kit.problem.RequestProblem;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The team's cache in this region: its bound and what is in it. */
@Path("/cache")
@Blocking
public class CacheResource {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Caller caller;
  private final CacheConfig config;
  private final Spaces spaces;
  private final VersionStore versions;
  private final FillWorker fills;

  CacheResource(
      Caller caller, CacheConfig config, Spaces spaces, VersionStore versions, FillWorker fills) {
    this.caller = caller;
    this.config = config;
    this.spaces = spaces;
    this.versions = versions;
    this.fills = fills;
  }

  /** The bound in bytes, 0 or more. */
  public record Bound(long limitBytes) {}

  /**
   * @param usedBytes of all contents, each counted once
   * @param reservedBytes for versions that are being filled
   * @param versions how many are cached
   */
  public record Answer(
      String region, long limitBytes, long usedBytes, long reservedBytes, long versions) {}

  @GET
  @Operation(summary = "The team's cache in this region")
  public Answer get() {
    TeamSpace.Figures now = spaces.of(caller.team()).figures();
    return new Answer(
        config.region(),
        now.limitBytes(),
        now.usedBytes(),
        now.reservedBytes(),
        versions.countCached(caller.team()).await().atMost(PATIENCE));
  }

  @PUT
  @Requires(Role.ADMIN)
  @Operation(summary = "Sets the bound; what is beyond it and not pinned is evicted")
  public Answer set(Bound bound) {
    if (bound == null || bound.limitBytes() < 0) {
      throw new RequestProblem.Invalid("limitBytes must be 0 or more.").exception();
    }
    spaces.limit(caller.team(), bound.limitBytes());
    versions.retryForBound(caller.team()).await().atMost(PATIENCE);
    fills.wake();
    return get();
  }
}
