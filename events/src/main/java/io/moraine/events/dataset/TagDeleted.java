package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;

/** A tag is gone. */
public record TagDeleted(TeamId team, DatasetId dataset, TagName tag) implements DatasetEvent {}
