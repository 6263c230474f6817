package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.TeamId;

/** A dataset has this name now (or its description changed). */
public record DatasetUpdated(TeamId team, DatasetId dataset, DatasetName name)
    implements DatasetEvent {}
