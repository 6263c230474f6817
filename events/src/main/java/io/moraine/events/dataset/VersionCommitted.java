package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A version is committed: its files never change again, and it is {@code latest} of its dataset.
 *
 * @param digest root of its tree
 * @param files how many files it has
 * @param bytes the sum of their sizes
 * @param base the version it started from
 * @param tags those that the commit set
 */
public record VersionCommitted(
    TeamId team,
    DatasetId dataset,
    VersionId version,
    Sha256 digest,
    long files,
    long bytes,
    String message,
    Optional<VersionId> base,
    Optional<Origin> origin,
    List<TagName> tags,
    Instant committedAt)
    implements DatasetEvent {}
