package io.moraine.dataset.lineage;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import java.util.List;

/**
 * A part of the graph around one version.
 *
 * @param versions the version asked about first, then as they were come by
 * @param truncated whether there is more within the asked depth than one answer holds: ask again
 *     about one of the versions at its rim
 */
public record Lineage(
    DatasetId dataset,
    VersionId version,
    List<VersionNode> versions,
    List<JobNode> jobs,
    boolean truncated) {}
