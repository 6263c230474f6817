package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TeamId;

/** A dataset and all its versions are gone. */
public record DatasetDeleted(TeamId team, DatasetId dataset) implements DatasetEvent {}
