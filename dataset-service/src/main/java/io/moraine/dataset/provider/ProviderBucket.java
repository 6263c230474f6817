package io.moraine.dataset.provider;

import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.BucketProbe.Findings;
import java.util.Optional;

/**
 * A team's own bucket as its clients need it, its secret in clear: never shown, never logged.
 *
 * @param name by which messages call the provider
 * @param revision another one says that something changed
 */
public record ProviderBucket(String name, long revision, BucketAccess access, Findings found) {
  /** Of the provider of an id: empty when it is the managed one. */
  public record Place(Optional<ProviderBucket> own) {}

  /** Without the secret. */
  @Override
  public String toString() {
    return name;
  }
}
