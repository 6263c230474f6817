package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;

/** A dataset exists. */
public record DatasetCreated(TeamId team, DatasetId dataset, DatasetName name, ProviderId provider)
    implements DatasetEvent {}
