package io.moraine.dataset.lineage;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;
import java.util.Optional;

/**
 * A version as the graph shows it.
 *
 * @param state of the version; {@code gone} when it was deleted, {@code public} when it is another
 *     team's, which only a public one's lineage can name
 * @param name of its dataset; as everything else, only while the version exists and is the team's
 */
public record VersionNode(
    DatasetId dataset,
    VersionId version,
    String state,
    Optional<DatasetName> name,
    Optional<Sha256> digest,
    Optional<String> message,
    Optional<Instant> dtCommitted) {
  /** Which version. */
  record Key(DatasetId dataset, VersionId version) {}
}
