package io.moraine.cache.output;

import io.moraine.cache.version.VersionKey;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import java.util.List;
import java.util.Optional;

/**
 * An output as it is now.
 *
 * @param message of the version it becomes
 * @param tags that its commit sets
 * @param version its draft, once that is made
 * @param digest once it is stored
 * @param reason why it failed
 */
record Output(
    OutputKey key,
    OutputState state,
    DatasetId dataset,
    Optional<String> message,
    List<TagName> tags,
    Optional<VersionId> version,
    Optional<Sha256> digest,
    Optional<String> reason) {
  /** The version that it is, or will be. */
  Optional<VersionKey> versionKey() {
    return version.map(id -> new VersionKey(key.team(), dataset, id));
  }
}
