package io.moraine.dataset.version;

import io.moraine.content.tree.VersionRoot;
import io.moraine.events.dataset.VersionCommitted;
import io.moraine.events.dataset.VersionCreated;
import io.moraine.events.dataset.VersionDeleted;
import io.moraine.events.dataset.VersionUpdated;

/** Versions as event records. */
final class VersionEvents {
  private VersionEvents() {}

  static VersionCreated created(Version version) {
    return new VersionCreated(
        version.store().team(),
        version.key().dataset(),
        version.key().version(),
        version.base(),
        version.origin());
  }

  static VersionUpdated updated(Version version) {
    return new VersionUpdated(
        version.store().team(),
        version.key().dataset(),
        version.key().version(),
        version.message());
  }

  static VersionCommitted committed(Version version, VersionRoot root) {
    return new VersionCommitted(
        version.store().team(),
        version.key().dataset(),
        version.key().version(),
        root.digest(),
        root.files(),
        root.bytes(),
        version.message(),
        version.base(),
        version.origin(),
        version.requestedTags(),
        version.committedAt().orElseThrow());
  }

  static VersionDeleted deleted(Version version) {
    return new VersionDeleted(
        version.store().team(), version.key().dataset(), version.key().version());
  }
}
