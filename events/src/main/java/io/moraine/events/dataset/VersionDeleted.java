package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;

/** A version is gone; nothing may show it any more. */
public record VersionDeleted(TeamId team, DatasetId dataset, VersionId version)
    implements DatasetEvent {}
