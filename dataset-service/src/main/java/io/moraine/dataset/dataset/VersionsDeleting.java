package io.moraine.dataset.dataset;

import io.moraine.vocabulary.DatasetId;

/**
 * Fired (as a CDI event, after the commit) when all versions of a dataset turned to deleting: wakes
 * whoever finishes them. Only a hint; the rows say the same.
 */
public record VersionsDeleting(DatasetId dataset) {}
