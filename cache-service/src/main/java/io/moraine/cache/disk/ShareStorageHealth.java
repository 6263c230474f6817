package io.moraine.cache.disk;

import io.moraine.cache.CacheConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Files;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while shared storage can be written. */
@Readiness
@ApplicationScoped
class ShareStorageHealth implements HealthCheck {
  private final CacheConfig config;

  ShareStorageHealth(CacheConfig config) {
    this.config = config;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("shared storage")
        .withData("root", config.root().toString())
        .status(Files.isDirectory(config.root()) && Files.isWritable(config.root()))
        .build();
  }
}
