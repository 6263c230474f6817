package io.moraine.cli.client;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The calls to cache-service that commands need. Thread-safe. */
public final class CachedVersions {
  private final Service service;

  public CachedVersions(Stack stack) {
    service =
        new Service("cache-service", stack.cacheService(), "MORAINE_CACHE_URL", stack.apiKey());
  }

  private record CachedVersion(String state, Optional<Path> path, Optional<String> reason) {}

  /**
   * The directory of a version, as soon as it is cached; fails when it cannot be, or not in time.
   */
  public Path await(DatasetId dataset, VersionId version, Duration limit)
      throws InterruptedException {
    return Patience.await(limit, () -> directory(dataset, version))
        .orElseThrow(
            () ->
                new CommandFailed(
                    dataset
                        + ":"
                        + version
                        + " is not cached after "
                        + limit.toSeconds()
                        + " s. 'moraine logs cache-service' may say why."));
  }

  private Optional<Path> directory(DatasetId dataset, VersionId version)
      throws InterruptedException {
    Optional<CachedVersion> cached =
        service.find(Service.path("cache", "versions", dataset, version), CachedVersion.class);
    if (cached.isEmpty()) {
      return Optional.empty();
    }
    if (cached.get().state().equals("failed")) {
      throw new CommandFailed(
          dataset
              + ":"
              + version
              + " cannot be cached: "
              + cached.get().reason().orElse("unknown"));
    }
    return cached.filter(found -> found.state().equals("cached")).flatMap(CachedVersion::path);
  }
}
