package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.util.Optional;

/**
 * An open version exists.
 *
 * @param base the version that it begins as
 */
public record VersionCreated(
    TeamId team,
    DatasetId dataset,
    VersionId version,
    Optional<VersionId> base,
    Optional<Origin> origin)
    implements DatasetEvent {}
