package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.util.Optional;

/** A tag points at {@code version}, which is committed. */
public record TagMoved(
    TeamId team, DatasetId dataset, TagName tag, VersionId version, Optional<VersionId> previous)
    implements DatasetEvent {}
