package io.moraine.cache.disk;

import io.moraine.cache.CacheConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes the configured shared storage injectable. */
final class ShareStorageProducer {
  @Produces
  @Singleton
  ShareStorage storage(CacheConfig config) {
    return new ShareStorage(config.root(), config.linksPerFile());
  }
}
