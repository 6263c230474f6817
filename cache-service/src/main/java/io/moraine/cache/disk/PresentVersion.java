package io.moraine.cache.disk;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;

/** A version that stands whole on a team's disk. */
public record PresentVersion(DatasetId dataset, VersionId version) {}
