package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;

/** A version has this message now. */
public record VersionUpdated(TeamId team, DatasetId dataset, VersionId version, String message)
    implements DatasetEvent {}
